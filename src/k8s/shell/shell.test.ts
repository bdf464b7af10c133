import { describe, expect, it } from 'vitest';
import { runProgram } from '../../sim/program.ts';
import type { Context } from '../../sim/types.ts';
import { runShell, tasksOf } from './machine.ts';
import { initialState } from './world.ts';
import type { ShellWorld } from './world.ts';

interface Outcome { out: string; err: string; code: number; files: Record<string, string>; folds: number; slept: number }

/** Runs a script to its end, through all folds. */
function run(script: string, options: { files?: Record<string, string>; stdin?: string; args?: string[]; maxFolds?: number } = {}): Outcome {
  const files: Record<string, string> = { ...options.files };
  const o: Outcome = { out: '', err: '', code: -1, files, folds: 0, slept: 0 };
  const ctx = { now: 0 };
  const world: ShellWorld = {
    name: 'bash',
    write: (_c, fd, text) => { if (fd === 1) o.out += text; else o.err += text; },
    readFile: (path) => files[path],
    writeFile: (_c, path, text) => { files[path] = text; return undefined; },
    removeFile: (_c, path) => { const had = path in files; delete files[path]; return had; },
    makeDirectory: (_c, path) => { files[path + '/.d'] = ''; return undefined; },
    list: (path) => {
      const base = path === '/' ? '/' : path + '/';
      const names = [...new Set(Object.keys(files).filter((f) => f.startsWith(base)).map((f) => f.slice(base.length).split('/')[0]))].sort();
      return names.length > 0 || path === '/' ? names : undefined;
    },
    hostname: () => 'box',
    external: (argv, io) => argv[0] !== 'kubectl' ? undefined : (function* () { yield* io.out(1, `ran ${argv.slice(1).join(' ')}${io.stdin === undefined ? '' : ` <${io.stdin}>`}\n`); return argv.includes('fail') ? 3 : 0; })(),
  };
  let state = initialState(tasksOf(script), { vars: { HOME: '/root' }, args: options.args ?? ['bash'], ...(options.stdin === undefined ? {} : { stdin: options.stdin }) });
  for (;;) {
    const { result } = runProgram(runShell(JSON.parse(JSON.stringify(state)), world), ctx as unknown as Context, (effect) => {
      if (effect.op === 'sleep') { ctx.now += effect.us; o.slept += effect.us; }
      return undefined;
    });
    if ('code' in result) { o.code = result.code; return o; }
    state = result.again;
    if (++o.folds >= (options.maxFolds ?? 1000)) return o;
  }
}

describe('scripts people paste', () => {
  it.each([
    ['echo hello world', 'hello world\n'],
    ["a=1; b=\"$a 2\"; echo '$a' \"$b\" ${c:-none} ${#b}", '$a 1 2 none 3\n'],
    ['echo a; false && echo b || echo c', 'a\nc\n'],
    ['if [ 3 -gt 2 ]; then echo yes; else echo no; fi', 'yes\n'],
    ['for i in 1 2 3; do echo "n$i"; done', 'n1\nn2\nn3\n'],
    ['for i in {1..3} a{x,y}; do echo -n "$i "; done', '1 2 3 ax ay '],
    ['i=0; while [ $i -lt 3 ]; do i=$((i+1)); echo $i; done', '1\n2\n3\n'],
    ['i=0; until ((i>=2)); do ((i++)); done; echo $i', '2\n'],
    ['case abc in x*) echo 1;; a?c) echo 2;; *) echo 3;; esac', '2\n'],
    ['f() { echo "$1-$#"; return 4; }; f a b; echo $?', 'a-2\n4\n'],
    ['echo $(echo inner; echo two) `echo tick`', 'inner two tick\n'],
    ['x=$(printf "%s-%03d\\n" a 7); echo "$x"', 'a-007\n'],
    ['printf "%s\\n" a b c | grep -v b | tr a-z A-Z', 'A\nC\n'],
    ['printf "3 x\\n1 y\\n2 z\\n" | sort -n | head -2 | awk \'{print $2}\'', 'y\nz\n'],
    ["echo 'name=web' | sed 's/name=\\(.*\\)/[\\1]/'", '[web]\n'],
    ['echo secret | base64', 'c2VjcmV0Cg==\n'],
    ['echo c2VjcmV0Cg== | base64 -d', 'secret\n'],
    ['echo a,b,c | cut -d, -f2', 'b\n'],
    ['printf "a\\nb\\n" | wc -l', '2\n'],
    ['printf "a\\na\\nb\\n" | uniq -c', '      2 a\n      1 b\n'],
    ['printf "1\\n2\\n" | while read n; do echo "<$n>"; done', '<1>\n<2>\n'],
    ['cat <<EOF\nhi $((1+2))\nEOF', 'hi 3\n'],
    ["cat <<'EOF'\nhi $x\nEOF", 'hi $x\n'],
    ['v=/a/b.txt; echo ${v##*/} ${v%.*} ${v/a/z}', 'b.txt /a/b /z/b.txt\n'],
    ['set -- a b c; shift; echo $# $1 "$@"', '2 b b c\n'],
    ['[[ web-1 == web-* && -n x ]] && echo ok', 'ok\n'],
    ['(cd /tmp; x=2); echo ${x:-unset}', 'unset\n'],
    ['kubectl get pods | grep ran', 'ran get pods\n'],
    ['echo body | kubectl apply -f -', 'ran apply -f - <body\n>\n'],
    ['kubectl fail || echo "code $?"', 'ran fail\ncode 3\n'],
    ['printf "a b" | xargs -n1 echo item', 'item a\nitem b\n'],
    ['for i in 1 2 3; do [ $i = 2 ] && continue; [ $i = 3 ] && break; echo $i; done; echo end', '1\nend\n'],
    ['yes | head -2', 'y\ny\n'],
    ['seq 3 | awk \'{s+=$1} END {print "sum", s}\'', 'sum 6\n'],
    ['date +%s', '1767225600\n'],
    ['trap "echo bye" EXIT; echo hi', 'hi\nbye\n'],
  ])('%s', (script, out) => {
    const o = run(script, { files: { '/tmp/.d': '' } });
    expect(o.err).toBe('');
    expect(o.out).toBe(out);
  });

  it('redirects to files and back', () => {
    const o = run('echo one > /tmp/f; echo two >> /tmp/f; cat < /tmp/f; nosuch 2>/dev/null; echo $?; ls /tmp; rm /tmp/f; cat /tmp/f', { files: { '/tmp/.d': '' } });
    expect(o.out).toBe('one\ntwo\n127\nf\n');
    expect(o.err).toBe('cat: /tmp/f: No such file or directory\n');
  });

  it('says what is wrong as bash does', () => {
    expect(run('nosuch').err).toBe('bash: nosuch: command not found\n');
    expect(() => tasksOf('for i in 1; do echo')).toThrow('unexpected end of file');
    expect(() => tasksOf('echo )')).toThrow("near unexpected token `)'");
    expect(() => tasksOf('echo "x')).toThrow('unexpected EOF while looking for matching `"\'');
    expect(run('exit 7').code).toBe(7);
  });

  it('folds a loop that runs for ever: its answers do not grow', () => {
    const o = run('n=0; while true; do n=$((n+1)); echo tick $n; sleep 5; done', { maxFolds: 5 });
    expect(o.folds).toBe(5);
    const lines = o.out.trim().split('\n');
    expect(lines.length).toBeGreaterThan(400);
    expect(lines[lines.length - 1]).toBe(`tick ${lines.length}`);
    expect(Math.abs(o.slept - lines.length * 5e6)).toBeLessThanOrEqual(5e6);
  });

  it('survives hostile scripts', () => {
    expect(() => tasksOf('('.repeat(5000))).toThrow();
    expect(() => tasksOf('$('.repeat(5000))).toThrow();
    expect(run('while true; do :; done', { maxFolds: 3 }).slept).toBeGreaterThan(100_000);
    expect(run('f() { f; f; }; f').code).not.toBe(0);
    expect(run('echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab | grep -E "(a+)+c"').err).toContain('too complex');
  });
});
