/** Interned strings: each has a small number and a content hash. Numbers depend on the order of arrival, hashes do not. */
import { hashString } from '../base/hash.ts';

export class Strings {
  private readonly ids = new Map<string, number>([['', 0]]);
  readonly list: string[] = [''];
  readonly hashes: number[] = [hashString('')];

  id(text: string): number {
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
