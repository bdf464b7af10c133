/**
 * The behaviour number: raised whenever the trace hash of a library scenario changes. A link made with the same number leads to the very
 * same moment; with another the moment is sought again by its meaning.
 */
export const BEHAVIOUR = 2;
