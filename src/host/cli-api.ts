/** `orrery api`: answers recorded API requests on a server of etcd and kube-apiserver alone. */
import { answerCase, preparedHarness, type AdmissionCase } from '../testing/admission-cases.ts';

export function api(text: string, print: (line: string) => void): void {
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    print(JSON.stringify(answerCase(preparedHarness(), JSON.parse(line) as AdmissionCase)));
  }
}
