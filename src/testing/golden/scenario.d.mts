export function parseScenario(source: string, name: string): { readonly settings: unknown };
