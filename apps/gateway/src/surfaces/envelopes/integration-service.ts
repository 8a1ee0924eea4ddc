import { say } from '../../messages/messages';
import { OPERATION_SENTENCES } from '../../messages/operation-sentences';
import { inOneSentence, type AnswerContext, type Envelope } from './envelope';

const succeeded = (content: unknown, { says, language }: AnswerContext): object => ({
  code: 'S10000',
  msg: say(OPERATION_SENTENCES[says], language),
  content,
});

/** S0: `{code, msg, content}`. */
export const integrationServiceEnvelope: Envelope = {
  success: succeeded,
  page: ({ items, total, page, size }, listName, context) =>
    succeeded({ [listName]: items, total, page, size }, context),
  failure: (failure) => ({
    code: failure.code,
    msg: inOneSentence(failure),
    content: failure.fields.length > 0 ? { details: failure.fields } : (failure.details ?? null),
  }),
};
