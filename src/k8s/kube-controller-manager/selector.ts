/**
 * Label selectors as objects carry them.
 *
 * Upstream: staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/helpers.go (LabelSelectorAsSelector), pkg/labels/selector.go
 */
type Labels = Readonly<Record<string, string>> | undefined;

export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { readonly key: string; readonly operator: string; readonly values?: readonly string[] }[];
}

/** A null selector matches nothing, an empty one everything. */
export function selectorMatches(selector: LabelSelector | null | undefined, labels: Labels): boolean {
  if (selector === null || selector === undefined) return false;
  if (selector.matchLabels !== undefined && !mapMatches(selector.matchLabels, labels)) return false;
  for (const term of selector.matchExpressions ?? []) {
    const value = labels?.[term.key];
    const within = value !== undefined && (term.values ?? []).includes(value);
    if (term.operator === 'In' ? !within
      : term.operator === 'NotIn' ? within
      : term.operator === 'Exists' ? value === undefined
      : term.operator === 'DoesNotExist' ? value !== undefined
      : true) return false;
  }
  return true;
}

/** Every pair of `want` is in `labels` (SelectorFromSet). */
export function mapMatches(want: Readonly<Record<string, string>>, labels: Labels): boolean {
  let pairs = pairsOf.get(want);
  if (pairs === undefined) pairsOf.set(want, (pairs = Object.entries(want)));
  for (const [key, value] of pairs) if (labels?.[key] !== value) return false;
  return true;
}

/** Selectors as pairs: one is compared with every pod there is. */
const pairsOf = new WeakMap<object, readonly (readonly [string, string])[]>();

export function selectsEverything(selector: LabelSelector | null | undefined): boolean {
  return selector !== null && selector !== undefined
    && Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}
