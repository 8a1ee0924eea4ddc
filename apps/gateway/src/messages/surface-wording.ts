import type { ErrorCode } from '@signalbox/contracts';
import type { SurfaceName } from '../surfaces/surface-name';
import type { FIELD_SENTENCES } from './field-sentences';
import type { Sentence } from './language';

export interface Wording {
  readonly codes: Readonly<Partial<Record<ErrorCode, Partial<Sentence>>>>;
  readonly fields: Readonly<Partial<Record<keyof typeof FIELD_SENTENCES, Partial<Sentence>>>>;
}

const NOT_EMPTY = { 'zh-CN': '此字段不能为空' };

/** Where the published document of a surface words something otherwise than the catalogues do. */
export const SURFACE_WORDING: Readonly<Partial<Record<SurfaceName, Wording>>> = {
  automation: {
    codes: {
      VALIDATION_FAILED: { 'zh-CN': '请求数据验证失败' },
      UNAUTHENTICATED: { 'zh-CN': '认证失败' },
      CONFLICT: { 'zh-CN': '资源冲突' },
      RATE_LIMITED: { 'zh-CN': '请求频率超限' },
    },
    fields: { required: NOT_EMPTY, not_blank: NOT_EMPTY },
  },
};
