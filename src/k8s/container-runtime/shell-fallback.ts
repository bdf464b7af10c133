/**
 * Commands of containers that are no part of the shell, and those that run without one (`command: [sleep, "5"]`).
 * Left out: what they would do: unknown ones succeed at once.
 */
import type { Program } from '../../sim/program.ts';
import { sleep } from '../../sim/program.ts';

/** What a script may touch; each method is called inside `act`. */
export interface FallbackWorld {
  out(text: string): void;
  read(path: string): string | undefined;
  write(path: string, text: string, append: boolean): void;
  remove(path: string): boolean;
  env(name: string): string | undefined;
  now(): number;
  /** The memory limit ends the container. */
  oom(): void;
}
type Ask = <T>(run: (world: FallbackWorld) => T) => Program<T>;

/** One command; unknown ones succeed at once. */
export function* command(argv: readonly string[], print: (text: string) => Program<void>, ask: Ask): Program<number> {
  const name = argv[0].slice(argv[0].lastIndexOf('/') + 1);
  const rest = argv.slice(1);
  switch (name) {
    case 'echo': yield* print(rest[0] === '-n' ? rest.slice(1).join(' ') : `${rest.join(' ')}\n`); return 0;
    case 'printf': yield* print((rest[0] ?? '').replaceAll('\\n', '\n')); return 0;
    case 'sleep': {
      const match = /^(\d*)(?:\.(\d{1,6}))?([smhd]?)$/.exec(rest[0] ?? '');
      if (rest[0] === 'infinity') { for (;;) yield* sleep(86_400_000_000); }
      if (!match) return 1;
      const unit = { '': 1, s: 1, m: 60, h: 3600, d: 86400 }[match[3]] ?? 1;
      yield* sleep((Number(match[1] || '0') * 1_000_000 + Number((match[2] ?? '').padEnd(6, '0'))) * unit);
      return 0;
    }
    case 'false': return 1;
    case 'oom': yield* ask((w) => w.oom()); return 137;
    case 'touch': yield* ask((w) => { for (const f of rest) w.write(f, '', true); }); return 0;
    case 'rm': {
      const missing = yield* ask((w) => rest.filter((f) => !f.startsWith('-') && !w.remove(f)));
      return missing.length > 0 && !rest.some((f) => f.startsWith('-') && f.includes('f')) ? 1 : 0;
    }
    case 'cat': {
      let code = 0;
      for (const f of rest) {
        const text = yield* ask((w) => w.read(f) ?? null);
        if (text === null) { code = 1; yield* ask((w) => w.out(`cat: can't open '${f}': No such file or directory\n`)); } else yield* print(text);
      }
      return code;
    }
    case 'ls': return (yield* ask((w) => rest.every((f) => f.startsWith('-') || w.read(f) !== undefined))) ? 0 : 1;
    case 'test': case '[': {
      const args = name === '[' ? rest.slice(0, -1) : rest;
      if (args[0] === '-f' || args[0] === '-e') return (yield* ask((w) => w.read(args[1]) !== undefined)) ? 0 : 1;
      if (args[0] === '!' && (args[1] === '-f' || args[1] === '-e')) return (yield* ask((w) => w.read(args[2]) !== undefined)) ? 1 : 0;
      if (args[1] === '=') return args[0] === args[2] ? 0 : 1;
      if (args[1] === '!=') return args[0] !== args[2] ? 0 : 1;
      return args[0] ? 0 : 1;
    }
    case 'perl': yield* sleep(5_000_000); yield* print('3.14159265358979323846\n'); return 0;
    default: return name.startsWith('nosuch') ? 127 : 0;
  }
}
