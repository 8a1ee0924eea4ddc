import { offsetOf } from '@signalbox/contracts';
import { inOneSentence, type Envelope } from './envelope';

/** S3: the bare object; lists `{items, total, skip, limit}`; `{detail}`. */
export const integrationManagementEnvelope: Envelope = {
  success: (value) => value,
  page: ({ items, total, ...asked }) => ({ items, total, skip: offsetOf(asked), limit: asked.size }),
  failure: (failure) => ({ detail: inOneSentence(failure) }),
};
