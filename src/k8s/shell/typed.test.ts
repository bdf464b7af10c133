import { describe, expect, it } from 'vitest';
import { cutTyped } from './typed.ts';

describe('what leaves a command open', () => {
  it.each([
    'kubectl apply -f - <<EOF', "cat <<'END'\nEND of it", 'cat <<-EOF\n\ta', 'cat <<A <<B\na\nA\nb', 'cat <<EOF | kubectl apply -f -\nkind: Pod',
    'echo "one', "echo 'one\ntwo", 'kubectl get pods \\', '\\', 'kubectl get pods |', 'true &&', 'false ||\n', 'echo $(date', 'echo $((1 +', 'echo `date', 'echo ${a', "echo $'a",
    'while true', 'while true; do', 'while true; do\necho a\n', 'for i in 1 2', 'for i in 1 2; do echo $i;', 'if true; then', 'if true; then\necho', 'case a in', 'case a in\na) echo;;',
    'f() {', 'f()', '(cd /tmp', '{ echo a;', 'echo "$(cat <<EOF',
  ])('%j', (text) => { expect(cutTyped(text)).toEqual({ commands: [], rest: text }); });
});

describe('what is finished', () => {
  it.each([
    'kubectl get pods', 'kubectl apply -f - <<EOF\na: 1\nEOF', 'cat <<-EOF\n\ta\n\tEOF', 'cat <<A <<B\na\nA\nb\nB', "cat <<'EOF'\n$(never closed\n'\nEOF", 'echo "one\ntwo"', 'kubectl get \\\npods', 'a |\nb', 'a; b &', 'sleep 5 &',
    'for i in 1 2; do\necho $i\ndone', 'if true; then echo a; fi', 'case a in\na) echo;;\nesac', 'f() {\necho a\n}', 'echo $(date)', 'echo # "open in a comment', 'echo \\\\', "echo 'a\\'", 'cat <<EOF | sort\nb\na\nEOF',
    // what cannot be read at all is finished too: the shell says so
    'fi', 'a ;; b', 'echo )', '`a |`',
  ])('%j', (text) => {
    expect(cutTyped(text)).toEqual({ commands: [text], rest: '' });
    expect(cutTyped(`${text}\n`)).toEqual({ commands: [text], rest: '' });
  });
});

it('cuts what is pasted into its commands, each whole', () => {
  expect(cutTyped('# first\nkubectl get nodes\n\nkubectl apply -f - <<EOF\na: 1\n\n# kept\nEOF\n  echo done; echo it\nfor i in 1 2; do')).toEqual({
    commands: ['kubectl get nodes', 'kubectl apply -f - <<EOF\na: 1\n\n# kept\nEOF', '  echo done; echo it'], rest: 'for i in 1 2; do',
  });
  expect(cutTyped(' \n# nothing\n')).toEqual({ commands: [], rest: '' });
  expect(cutTyped('fi\necho next')).toEqual({ commands: ['fi', 'echo next'], rest: '' });
});

it('reads a long here-document once, not once a line', () => {
  const text = `cat <<EOF\n${'line of text\n'.repeat(15_000)}EOF\necho next`;
  expect(cutTyped(text).commands.map((line) => line.length)).toEqual([text.length - 10, 9]);
});
