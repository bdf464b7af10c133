export function expandRuns(golden: unknown): readonly unknown[];
