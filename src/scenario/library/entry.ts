/** A scenario of the library: its text, and the keys of its name and question in the catalogue of texts. */
export interface LibraryEntry {
  readonly id: 'rolling-update' | 'crash-loop' | 'image-pull' | 'node-loss' | 'quota' | 'pending-pods' | 'self-healing' | 'drain' | 'scheduler-down';
  readonly text: string;
}
