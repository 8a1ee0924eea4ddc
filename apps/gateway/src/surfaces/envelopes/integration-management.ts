import { inOneSentence, type Envelope } from './envelope';

/** S3: the bare object; lists `{items, total, skip, limit}`; `{detail}`. */
export const integrationManagementEnvelope: Envelope = {
  success: (value) => value,
  page: ({ items, total, page, size }) => ({ items, total, skip: (page - 1) * size, limit: size }),
  failure: (failure) => ({ detail: inOneSentence(failure) }),
};
