export function parseRun(text: string): unknown;
export function normaliseRun(run: unknown, settings: unknown): unknown;
