/** The copies here equal the originals, where the folder they were taken from stands beside the repository. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const here = new URL('.', import.meta.url);
const original = new URL('../../../../shared/golden/', here);
const sha = (text: string | Buffer): string => createHash('sha256').update(text).digest('hex');
const compact = (file: URL): string => `${JSON.stringify(JSON.parse(readFileSync(file, 'utf8')))}\n`;
const files = (folder: string, end: string): string[] => readdirSync(new URL(folder, here)).filter((name) => name.endsWith(end)).sort();

describe('the copies', () => {
  it('are complete in themselves', () => {
    const names = files('scenarios/', '.scenario').map((name) => name.replace('.scenario', ''));
    expect(names).toHaveLength(26);
    expect(files('recorded/', '.json').map((name) => name.replace('.json', ''))).toEqual(names);
    expect(readFileSync(new URL('admission.jsonl', here), 'utf8')).not.toContain('"operator":"public"');
  });

  it.runIf(existsSync(original))('equal what they were copied from', () => {
    for (const name of files('.', '.mjs')) {
      expect(sha(readFileSync(new URL(name, here))), name).toBe(sha(readFileSync(new URL(name === 'score-admission.mjs' ? `api/${name}` : name, original))));
    }
    for (const name of files('scenarios/', '.scenario')) expect(sha(readFileSync(new URL(`scenarios/${name}`, here))), name).toBe(sha(readFileSync(new URL(`scenarios/${name}`, original))));
    // Recorded runs are kept without their line breaks, the API's cases line by line as they are.
    for (const name of files('recorded/', '.json')) expect(sha(readFileSync(new URL(`recorded/${name}`, here))), name).toBe(sha(compact(new URL(`recorded/${name}`, original))));
    const lines = new Set(readFileSync(new URL('api/admission.jsonl', original), 'utf8').split('\n').map(sha));
    for (const line of readFileSync(new URL('admission.jsonl', here), 'utf8').split('\n')) expect(lines.has(sha(line)), line.slice(0, 80)).toBe(true);
  });
});
