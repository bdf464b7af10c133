/**
 * What an image of the simulated registry does when it runs. One file an image; `catalogue.ts` lists them.
 * Left out: layers' contents; only the files a lesson can look at are there.
 */
export interface ImageProgram {
  /** Last path element of the names it is known by. */
  readonly names: readonly string[];
  /** A shell image ends at once without a command, and runs a container's args as a command. */
  readonly shell: boolean;
  /** The command when the pod names none; absent: the image's own server. */
  readonly command?: readonly string[];
  /** The port its server listens on, declared or not. */
  readonly port?: number;
  /** As process 1 its server ignores SIGTERM (no handler installed). */
  readonly ignoresTerm?: boolean;
  /** Files it brings. */
  readonly files?: Readonly<Record<string, string>>;
  /** What its server writes to the log at the start. */
  readonly banner?: readonly string[];
  /** HTTP status for a path. `age`: microseconds since the start; `args`: the container's; `has`: whether a file exists. */
  readonly http?: (path: string, age: number, args: readonly string[], has: (file: string) => boolean) => number;
}
