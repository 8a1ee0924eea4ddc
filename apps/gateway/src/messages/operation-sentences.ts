import type { Sentences } from './language';

/** S0's `msg` on success, one for each operation; a route names its own with `@Says`. */
export const OPERATION_SENTENCES = {
  ok: { en: 'Success', 'zh-TW': '操作成功', 'zh-CN': '操作成功' },
} as const satisfies Sentences;

export type OperationSentence = keyof typeof OPERATION_SENTENCES;
