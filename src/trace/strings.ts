/** Interned strings: each has a small number and a content hash. Numbers depend on the order of arrival, hashes do not. */
import { hashString } from '../base/hash.ts';

export class Strings {
  private readonly ids = new Map<string, number>([['', 0]]);
  readonly list: string[] = [''];
  readonly hashes: number[] = [hashString('')];

  private last = '';
  private lastId = 0;

  id(text: string): number {
    // Records come in runs about one thing: its text is the same reference.
    if (text === this.last) return this.lastId;
    const id = this.find(text);
    this.last = text;
    this.lastId = id;
    return id;
  }

  private find(text: string): number {
    let id = this.ids.get(text);
    if (id === undefined) {
      id = this.list.length;
      this.ids.set(text, id);
      this.list.push(text);
      this.hashes.push(hashString(text));
    }
    return id;
  }
}
