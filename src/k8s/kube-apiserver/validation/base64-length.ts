/** How many bytes a base64 text stands for; line breaks inside do not count, as Go's decoder has it. */
export function base64Length(text: string | null | undefined): number {
  if (text === undefined || text === null || text === '') return 0;
  const plain = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  const padding = plain.endsWith('==') ? 2 : plain.endsWith('=') ? 1 : 0;
  return Math.floor(plain.length / 4) * 3 - padding;
}
