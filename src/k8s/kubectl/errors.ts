/**
 * Errors of kubectl and how they end a command: the text on standard error and the exit code.
 * Upstream: k8s.io/kubectl/pkg/cmd/util/helpers.go
 * Left out: klog output of -v.
 */
import type { Status } from '../api/types.ts';

/** Anything that ends a command with a message. `exitCode` 1 unless told. An empty message prints nothing. */
export class KubectlError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The command line was wrong: `See 'kubectl get -h' for help and examples` follows. Upstream: UsageErrorf. */
export function usageError(commandPath: string, message: string): KubectlError {
  return new KubectlError(`${message}\nSee '${commandPath} -h' for help and examples`);
}

/** The server refused. */
export class StatusError extends KubectlError {
  readonly status: Status;
  constructor(status: Status) {
    super(status.message ?? '');
    this.status = status;
  }
}

/** No answer from the server. */
export class ConnectionError extends KubectlError {
  readonly reason: string;
  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** Several errors; each prints on its own line. */
export class AggregateError extends KubectlError {
  readonly errors: readonly KubectlError[];
  constructor(errors: readonly KubectlError[]) {
    super(errors.map((e) => e.message).join('\n'));
    this.errors = errors;
  }
}

export class NoResourceMatch extends KubectlError {
  constructor(resource: string, group: string, version: string) {
    const rest = (group === '' ? '' : ` in group "${group}"`) + (group !== '' && version !== '' ? ` and version "${version}"` : version !== '' ? ` in version "${version}"` : '');
    super(`the server doesn't have a resource type "${resource}"${rest}`);
  }
}

/** Says what was tried: `error when creating "STDIN": …`. Upstream: AddSourceToErr. */
export function withSource(verb: string, source: string, error: KubectlError): KubectlError {
  if (error instanceof StatusError) return new StatusError({ ...error.status, message: `error when ${verb} "${source}": ${error.status.message ?? ''}` });
  if (error instanceof ConnectionError) return error;
  return new KubectlError(`error when ${verb} "${source}": ${error.message}`);
}

const SERVER = 'https://127.0.0.1:6443';

/** Upstream: StandardErrorMessage; undefined when the error is none of the known kinds. */
function standardMessage(error: KubectlError): string | undefined {
  if (error instanceof StatusError) {
    const s = error.status;
    if (s.reason === 'Unauthorized') return `error: You must be logged in to the server (${s.message ?? ''})`;
    if (s.reason) return `Error from server (${s.reason}): ${s.message ?? ''}`;
    return `Error from server: ${s.message ?? ''}`;
  }
  if (error instanceof ConnectionError) {
    if (error.reason === 'connection refused') return `The connection to the server ${SERVER.slice(8)} was refused - did you specify the right host or port?`;
    return `Unable to connect to the server: ${error.reason === 'timeout' ? 'net/http: TLS handshake timeout' : error.reason}`;
  }
  return undefined;
}

/** Text of one error among several. Upstream: messageForError. */
export function messageForError(error: KubectlError): string {
  return standardMessage(error) ?? error.message;
}

function invalidMessage(status: Status): string {
  const d = status.details;
  let s = 'The request is invalid';
  if (d === undefined) return status.message ? s + ': ' + status.message : s;
  const causes = d.causes ?? [];
  if (d.kind || d.name) s = `The ${d.kind ?? ''} "${d.name ?? ''}" is invalid`;
  else if (status.message && causes.length === 0) s += ': ' + status.message;
  if (causes.length === 0) return s;
  const seen: string[] = [];
  for (const cause of causes) {
    const text = `${cause.field ?? ''}: ${cause.message ?? ''}`;
    if (!seen.includes(text)) seen.push(text);
  }
  return seen.length === 1 ? `${s}: ${seen[0]}` : [s + ': ', ...seen.map((text) => '* ' + text)].join('\n');
}

/** What the command prints on standard error, with its last newline; '' for nothing. Upstream: checkErr. */
export function errorText(error: KubectlError): string {
  const text = plainErrorText(error);
  return text === '' || text.endsWith('\n') ? text : text + '\n';
}

function plainErrorText(error: KubectlError): string {
  if (error instanceof AggregateError) {
    if (error.errors.length === 1) return plainErrorText(error.errors[0]);
    return error.errors.map((e) => messageForError(e) + '\n').join('');
  }
  if (error instanceof StatusError && error.status.reason === 'Invalid') return invalidMessage(error.status);
  const standard = standardMessage(error);
  if (standard !== undefined) return standard;
  if (error.message === '') return '';
  return error.message.startsWith('error: ') ? error.message : 'error: ' + error.message;
}
