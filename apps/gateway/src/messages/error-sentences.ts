import type { ErrorCode } from '@signalbox/contracts';
import type { Sentence, Sentences } from './language';

/** What each code of the catalogue of errors says when nothing more is known. */
export const CODE_SENTENCES = {
  VALIDATION_FAILED: {
    en: 'The request is not valid',
    'zh-TW': '請求參數驗證失敗',
    'zh-CN': '请求参数验证失败',
  },
  MALFORMED_BODY: {
    en: 'The request body cannot be read',
    'zh-TW': '請求內容無法解析',
    'zh-CN': '请求内容无法解析',
  },
  UNAUTHENTICATED: {
    en: 'Authentication is required or has failed',
    'zh-TW': '未授權訪問',
    'zh-CN': '未认证或认证失效',
  },
  FORBIDDEN: { en: 'Permission denied', 'zh-TW': '權限不足', 'zh-CN': '权限不足' },
  NOT_FOUND: { en: 'Not found', 'zh-TW': '資源不存在', 'zh-CN': '资源不存在' },
  METHOD_NOT_ALLOWED: {
    en: 'This path does not take that method',
    'zh-TW': '此路徑不支援該請求方法',
    'zh-CN': '此路径不支持该请求方法',
  },
  CONFLICT: {
    en: 'Conflict with the current state',
    'zh-TW': '與目前狀態衝突',
    'zh-CN': '与当前状态冲突',
  },
  PAYLOAD_TOO_LARGE: {
    en: 'The request body is too large',
    'zh-TW': '請求內容過大',
    'zh-CN': '请求内容过大',
  },
  UNSUPPORTED_MEDIA_TYPE: {
    en: 'The content type is not supported; send application/json',
    'zh-TW': '不支援的內容類型，請使用 application/json',
    'zh-CN': '不支持的内容类型，请使用 application/json',
  },
  RATE_LIMITED: { en: 'Too many requests', 'zh-TW': '請求頻率限制', 'zh-CN': '请求过于频繁' },
  RECEIVER_FAILED: {
    en: 'The receiver refused the delivery or failed',
    'zh-TW': 'Webhook執行失敗',
    'zh-CN': 'Webhook执行失败',
  },
  DATABASE_UNAVAILABLE: {
    en: 'The database is not available',
    'zh-TW': '數據庫錯誤',
    'zh-CN': '数据库错误',
  },
  CACHE_UNAVAILABLE: { en: 'The cache is not available', 'zh-TW': '緩存錯誤', 'zh-CN': '缓存错误' },
  SERVICE_UNAVAILABLE: {
    en: 'The service is not available',
    'zh-TW': '集成服務不可用',
    'zh-CN': '服务不可用',
  },
  DEADLINE_EXCEEDED: {
    en: 'The service did not answer in time',
    'zh-TW': '服務未能及時回應',
    'zh-CN': '服务未能及时响应',
  },
  INTERNAL: { en: 'Internal server error', 'zh-TW': '內部服務器錯誤', 'zh-CN': '内部服务器错误' },
} as const satisfies Readonly<Record<ErrorCode, Sentence>>;

/** Sentences that an error names with `messageKey`: more precise than its code's own. */
export const ERROR_SENTENCES = {
  webhook_not_found: { en: 'Webhook not found', 'zh-TW': 'Webhook不存在', 'zh-CN': 'Webhook不存在' },
  plugin_not_found: { en: 'Plugin not found', 'zh-TW': '插件不存在', 'zh-CN': '插件不存在' },
  integration_not_found: { en: 'Integration not found', 'zh-TW': '集成不存在', 'zh-CN': '集成不存在' },
  user_not_found: { en: 'User not found', 'zh-TW': '用戶不存在', 'zh-CN': '用户不存在' },
  delivery_not_found: { en: 'Delivery not found', 'zh-TW': '執行日志不存在', 'zh-CN': '投递记录不存在' },
  event_type_not_found: { en: 'Event type not found', 'zh-TW': '事件類型不存在', 'zh-CN': '事件类型不存在' },
  route_not_found: { en: 'There is nothing at this path', 'zh-TW': '路徑不存在', 'zh-CN': '路径不存在' },
} as const satisfies Sentences;
