/**
 * Arithmetic of scores: whole numbers as Go divides them, and a natural logarithm that every engine computes alike.
 * Upstream: pkg/scheduler/framework/plugins/helper/normalize_score.go
 */
export const MAX_NODE_SCORE = 100;

/** Division of whole numbers, toward zero. */
export function div(a: number, b: number): number {
  return Math.trunc(a / b);
}

/** Scales so that the largest is 100; reversed, the largest is 0 (and all are 100 when all were 0). */
export function defaultNormalize(scores: number[], reverse: boolean): void {
  let most = 0;
  for (const score of scores) if (score > most) most = score;
  if (most === 0) {
    if (reverse) scores.fill(MAX_NODE_SCORE);
    return;
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = div(MAX_NODE_SCORE * scores[i], most);
    scores[i] = reverse ? MAX_NODE_SCORE - scaled : scaled;
  }
}

const LN2 = 0.6931471805599453;

/** ln x for x >= 1, by halving to [1, 2) and the series of 2 artanh((m - 1) / (m + 1)): only + - * /. Math.log differs between engines. */
export function naturalLog(x: number): number {
  let m = x;
  let halvings = 0;
  while (m >= 2) {
    m /= 2;
    halvings++;
  }
  const t = (m - 1) / (m + 1);
  const square = t * t;
  let power = t;
  let sum = 0;
  for (let n = 1; n < 60; n += 2) {
    sum += power / n;
    power *= square;
  }
  return halvings * LN2 + 2 * sum;
}
