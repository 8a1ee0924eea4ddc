import { callContract } from './contract/calls-for-spec';
import { contextContract } from './contract/context-for-spec';
import { errorContract } from './contract/errors-for-spec';
import { noticeContract } from './contract/notices-for-spec';
import type { OpenPair } from './contract/bench-for-spec';

/** What every transport promises. */
export function transportContract(open: OpenPair): void {
  callContract(open);
  errorContract(open);
  contextContract(open);
  noticeContract(open);
}
