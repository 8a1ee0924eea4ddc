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
  session_not_found: { en: 'There is no session', 'zh-TW': '會話不存在', 'zh-CN': '会话不存在' },
  'webhook.inactive': {
    en: 'The webhook is switched off',
    'zh-TW': 'Webhook未啟用',
    'zh-CN': 'Webhook未启用',
  },
  'event_type.too_many': {
    en: 'There are too many registered event types',
    'zh-TW': '已註冊的事件類型過多',
    'zh-CN': '已注册的事件类型过多',
  },
  api_key_not_found: { en: 'API key not found', 'zh-TW': 'API 金鑰不存在', 'zh-CN': 'API Key 不存在' },
  api_key_revoked: {
    en: 'The API key is revoked, which is for good',
    'zh-TW': 'API 金鑰已撤銷，無法恢復',
    'zh-CN': 'API Key 已撤销，无法恢复',
  },
  api_key_not_usable: {
    en: 'The API key is revoked, switched off or expired',
    'zh-TW': 'API 金鑰已撤銷、停用或過期',
    'zh-CN': 'API Key 已撤销、停用或过期',
  },
  key_address_refused: {
    en: 'The API key may not be used from this address',
    'zh-TW': '此位址不得使用該 API 金鑰',
    'zh-CN': '此地址不得使用该 API Key',
  },
  username_taken: { en: 'The user name is taken', 'zh-TW': '用戶名已被使用', 'zh-CN': '用户名已被使用' },
  credentials_wrong: {
    en: 'The credentials are wrong',
    'zh-TW': '帳號或密碼錯誤',
    'zh-CN': '用户名、密码或密钥错误',
  },
  refresh_token_invalid: {
    en: 'The refresh token is not valid',
    'zh-TW': '刷新令牌無效',
    'zh-CN': '刷新令牌无效',
  },
  too_many_sign_ins: {
    en: 'Too many sign-ins at once',
    'zh-TW': '同時登入的請求過多',
    'zh-CN': '同时登录的请求过多',
  },
  address_refused: {
    en: 'Requests from this address are not taken',
    'zh-TW': '不接受來自此位址的請求',
    'zh-CN': '不接受来自此地址的请求',
  },
  sign_in_slowed: {
    en: 'Too many failed sign-ins; try again in {seconds} s',
    'zh-TW': '登入失敗次數過多，請於 {seconds} 秒後再試',
    'zh-CN': '登录失败次数过多，请在 {seconds} 秒后重试',
  },
  last_admin: {
    en: 'There must be an active administrator left',
    'zh-TW': '必須保留至少一位啟用中的管理員',
    'zh-CN': '必须保留至少一位启用的管理员',
  },
  malformed_url: { en: 'The URL cannot be read', 'zh-TW': '網址無法解析', 'zh-CN': '网址无法解析' },
  credentials_conflict: {
    en: 'The request bears two different credentials',
    'zh-TW': '請求帶有兩個不同的憑證',
    'zh-CN': '请求带有两个不同的凭证',
  },
  credential_unreadable: {
    en: 'The credential cannot be read; send a bearer token or an API key',
    'zh-TW': '憑證無法識別，請使用 Bearer 令牌或 API 金鑰',
    'zh-CN': '凭证无法识别，请使用 Bearer 令牌或 API Key',
  },
  token_refused: {
    en: 'The token is not valid or has expired',
    'zh-TW': '令牌無效或已過期',
    'zh-CN': '令牌无效或已过期',
  },
  key_refused: { en: 'The API key is not valid', 'zh-TW': 'API 金鑰無效', 'zh-CN': 'API Key 无效' },
  idempotency_mismatch: {
    en: 'This Idempotency-Key was used with another request',
    'zh-TW': '此 Idempotency-Key 已用於另一個請求',
    'zh-CN': '此 Idempotency-Key 已用于另一个请求',
  },
  idempotency_running: {
    en: 'The first request with this Idempotency-Key has not ended yet',
    'zh-TW': '使用此 Idempotency-Key 的第一個請求尚未結束',
    'zh-CN': '使用此 Idempotency-Key 的第一个请求尚未结束',
  },
  'alert.name_taken': {
    en: 'There is an alert of that name',
    'zh-TW': '告警名稱已被使用',
    'zh-CN': '告警名称已被使用',
  },
  'alert.too_many': {
    en: 'There are too many alerts',
    'zh-TW': '告警數量過多',
    'zh-CN': '告警数量过多',
  },
  'usage_report.name_taken': {
    en: 'There is a report of that name',
    'zh-TW': '報表名稱已被使用',
    'zh-CN': '报表名称已被使用',
  },
  'usage_report.too_many': {
    en: 'There are too many reports',
    'zh-TW': '報表數量過多',
    'zh-CN': '报表数量过多',
  },
  inbound_endpoint_not_found: {
    en: 'Webhook endpoint not found',
    'zh-TW': 'Webhook 端點不存在',
    'zh-CN': 'Webhook 端点不存在',
  },
  inbound_event_not_found: {
    en: 'Webhook event not found',
    'zh-TW': 'Webhook 事件不存在',
    'zh-CN': 'Webhook 事件不存在',
  },
  inbound_path_taken: {
    en: 'The path is taken',
    'zh-TW': '路徑已被使用',
    'zh-CN': '路径已被使用',
  },
  hook_secret_of_provider: {
    en: 'The provider makes the secret of this webhook: set it up anew to get another',
    'zh-TW': '此 Webhook 的密鑰由服務商產生，請重新註冊以取得新密鑰',
    'zh-CN': '此 Webhook 的密钥由服务商生成，请重新注册以获取新密钥',
  },
  inbound_event_pending: {
    en: 'The event is being processed',
    'zh-TW': '事件仍在處理中',
    'zh-CN': '事件仍在处理中',
  },
  signature_refused: {
    en: 'The signature is missing or wrong',
    'zh-TW': '簽名缺失或錯誤',
    'zh-CN': '签名缺失或错误',
  },
  too_many_endpoints: {
    en: 'No secret that was tried signed it, and it is too large for trying all: send it to the address of its endpoint',
    'zh-TW': '已嘗試的密鑰均不相符，且內容過大，無法逐一嘗試所有密鑰：請傳送至該端點的專屬位址',
    'zh-CN': '已尝试的密钥均不匹配，且内容过大，无法逐一尝试所有密钥：请发送到该端点的专属地址',
  },
  unreadable_request: {
    en: 'The request cannot be read',
    'zh-TW': '請求無法解析',
    'zh-CN': '请求无法解析',
  },
} as const satisfies Sentences;
