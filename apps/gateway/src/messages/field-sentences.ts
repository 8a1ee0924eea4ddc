import type { Sentences } from './language';

/** What is wrong with one field. Keys are shared with the services: they travel in `FieldProblem.key`. */
export const FIELD_SENTENCES = {
  invalid: { en: 'is not valid', 'zh-TW': '無效', 'zh-CN': '无效' },
  required: { en: 'is required', 'zh-TW': '為必填', 'zh-CN': '为必填项' },
  unknown: { en: 'is not a known field', 'zh-TW': '是未知欄位', 'zh-CN': '是未知字段' },
  repeated: { en: 'must be given once', 'zh-TW': '只能出現一次', 'zh-CN': '只能出现一次' },
  percent_encoding: {
    en: 'cannot be decoded: its percent-encoding is broken',
    'zh-TW': '無法解碼，百分號編碼有誤',
    'zh-CN': '无法解码，百分号编码有误',
  },
  string: { en: 'must be text', 'zh-TW': '必須是字串', 'zh-CN': '必须是字符串' },
  whole: { en: 'must be a whole number', 'zh-TW': '必須是整數', 'zh-CN': '必须是整数' },
  number: { en: 'must be a number', 'zh-TW': '必須是數字', 'zh-CN': '必须是数字' },
  boolean: { en: 'must be true or false', 'zh-TW': '必須是 true 或 false', 'zh-CN': '必须是 true 或 false' },
  object: { en: 'must be an object', 'zh-TW': '必須是物件', 'zh-CN': '必须是对象' },
  list: { en: 'must be a list', 'zh-TW': '必須是清單', 'zh-CN': '必须是列表' },
  min: { en: 'must be at least {min}', 'zh-TW': '不得小於 {min}', 'zh-CN': '不得小于 {min}' },
  max: { en: 'must be at most {max}', 'zh-TW': '不得大於 {max}', 'zh-CN': '不得大于 {max}' },
  min_length: {
    en: 'must have at least {min} characters',
    'zh-TW': '至少需要 {min} 個字元',
    'zh-CN': '至少需要 {min} 个字符',
  },
  max_length: {
    en: 'must have at most {max} characters',
    'zh-TW': '最多 {max} 個字元',
    'zh-CN': '最多 {max} 个字符',
  },
  length: {
    en: 'must have {min} to {max} characters',
    'zh-TW': '長度必須為 {min} 至 {max} 個字元',
    'zh-CN': '长度必须为 {min} 至 {max} 个字符',
  },
  min_items: {
    en: 'must have at least {min} items',
    'zh-TW': '至少需要 {min} 項',
    'zh-CN': '至少需要 {min} 项',
  },
  max_items: {
    en: 'must have at most {max} items',
    'zh-TW': '最多 {max} 項',
    'zh-CN': '最多 {max} 项',
  },
  duplicate: { en: 'must not repeat an item', 'zh-TW': '不得有重複的項目', 'zh-CN': '不得有重复的项' },
  not_blank: { en: 'must not be blank', 'zh-TW': '不能為空', 'zh-CN': '不能为空' },
  one_of: { en: 'must be one of {values}', 'zh-TW': '必須是 {values} 之一', 'zh-CN': '必须是 {values} 之一' },
  pattern: { en: 'has the wrong form', 'zh-TW': '格式不正確', 'zh-CN': '格式不正确' },
  email: { en: 'must be an e-mail address', 'zh-TW': '必須是電子郵件地址', 'zh-CN': '请输入有效的邮箱地址' },
  date: {
    en: 'must be a date in ISO 8601',
    'zh-TW': '必須是 ISO 8601 日期',
    'zh-CN': '必须是 ISO 8601 日期',
  },
  address_range: {
    en: 'must be an IP address or a CIDR range',
    'zh-TW': '必須是 IP 位址或 CIDR 範圍',
    'zh-CN': '必须是 IP 地址或 CIDR 范围',
  },
  url: {
    en: 'must be an http or https URL without credentials',
    'zh-TW': '必須是不含憑證的 http 或 https 網址',
    'zh-CN': '必须是不含凭证的 http 或 https 网址',
  },
  header_map: {
    en: 'must map header names to text values',
    'zh-TW': '必須是標頭名稱到文字的對應',
    'zh-CN': '必须是请求头名称到文本的映射',
  },
  header_repeated: {
    en: 'must not name a header twice, whatever its case',
    'zh-TW': '標頭名稱不得重複（不分大小寫）',
    'zh-CN': '请求头名称不得重复（不区分大小写）',
  },
  event_pattern: {
    en: 'must be an event type such as task.created, task.* or *',
    'zh-TW': '必須是事件類型，例如 task.created、task.* 或 *',
    'zh-CN': '必须是事件类型，例如 task.created、task.* 或 *',
  },
  control_character: {
    en: 'must not contain control characters',
    'zh-TW': '不得包含控制字元',
    'zh-CN': '不得包含控制字符',
  },
  event_type: {
    en: 'must be an event type such as task.created',
    'zh-TW': '必須是事件類型，例如 task.created',
    'zh-CN': '必须是事件类型，例如 task.created',
  },
  masked: {
    en: 'must not be the mask that answers show',
    'zh-TW': '不能是回應中顯示的遮罩',
    'zh-CN': '不能是响应中显示的掩码',
  },
  secret_short: {
    en: 'is too short without whsec_',
    'zh-TW': '去掉 whsec_ 後太短',
    'zh-CN': '去掉 whsec_ 后太短',
  },
  credentials_again: {
    en: 'must be given again, since the address that they are sent to is another one',
    'zh-TW': '必須重新提供，因為它們將被送往另一個位址',
    'zh-CN': '必须重新提供，因为它们将被发送到另一个地址',
  },
  password_wrong: {
    en: 'is not the password in use',
    'zh-TW': '不是目前使用的密碼',
    'zh-CN': '不是当前使用的密码',
  },
  project_differs: {
    en: 'differs between the query and the body',
    'zh-TW': '查詢參數與請求內容不一致',
    'zh-CN': '查询参数与请求内容不一致',
  },
  'field.unknown_event_type': {
    en: 'names no known event type: {type}',
    'zh-TW': '沒有對應的已知事件類型：{type}',
    'zh-CN': '没有对应的已知事件类型：{type}',
  },
  'field.event_type_of_provider': {
    en: 'names a type under which only what a provider calls so goes out: {type}',
    'zh-TW': '該類型僅用於提供者自身的事件：{type}',
    'zh-CN': '该类型仅用于提供者自身的事件：{type}',
  },
  'field.event_type_name': {
    en: 'must be lower-case words joined by dots',
    'zh-TW': '必須是以點連接的小寫單詞',
    'zh-CN': '必须是以点连接的小写单词',
  },
  'field.schema_too_large': {
    en: 'is too large or nested too deeply',
    'zh-TW': '過大或巢狀過深',
    'zh-CN': '过大或嵌套过深',
  },
  'field.schema_invalid': {
    en: 'must be a JSON Schema (2020-12)',
    'zh-TW': '必須是 JSON Schema（2020-12）',
    'zh-CN': '必须是 JSON Schema（2020-12）',
  },
  'field.schema_violated': {
    en: 'breaks the schema of the event type: {rule}',
    'zh-TW': '不符合事件類型的架構：{rule}',
    'zh-CN': '不符合事件类型的架构：{rule}',
  },
  'field.url_unparsable': { en: 'must be a URL', 'zh-TW': '必須是網址', 'zh-CN': '必须是网址' },
  'field.url_not_http': {
    en: 'must be an http or https URL',
    'zh-TW': '必須是 http 或 https 網址',
    'zh-CN': '必须是 http 或 https 网址',
  },
  'field.url_has_credentials': {
    en: 'must not contain credentials',
    'zh-TW': '不得包含憑證',
    'zh-CN': '不得包含凭证',
  },
  'field.url_private_address': {
    en: 'points to a private address',
    'zh-TW': '指向私有位址',
    'zh-CN': '指向私有地址',
  },
  'field.header_reserved': {
    en: 'is set by the hub itself',
    'zh-TW': '由系統自行設定',
    'zh-CN': '由系统自行设置',
  },
  'alert.not_of_metric': {
    en: 'does not apply to {metric}',
    'zh-TW': '不適用於 {metric}',
    'zh-CN': '不适用于 {metric}',
  },
  'usage.range_empty': {
    en: 'must be later than the beginning',
    'zh-TW': '必須晚於開始時間',
    'zh-CN': '必须晚于开始时间',
  },
  'usage.too_many_points': {
    en: 'would make more than {max} points; take a shorter time or a coarser granularity',
    'zh-TW': '將產生超過 {max} 個資料點，請縮短時間範圍或使用更粗的粒度',
    'zh-CN': '将产生超过 {max} 个数据点，请缩短时间范围或使用更粗的粒度',
  },
  'usage.range_given_twice': {
    en: 'must not be given together with {other}',
    'zh-TW': '不能與 {other} 同時使用',
    'zh-CN': '不能与 {other} 同时使用',
  },
  'usage.status': {
    en: 'must be a status such as 404, or a class of them such as 4xx',
    'zh-TW': '必須是狀態碼（如 404）或狀態碼類別（如 4xx）',
    'zh-CN': '必须是状态码（如 404）或状态码类别（如 4xx）',
  },
  inbound_path: {
    en: 'must have 1 to 128 letters, digits and -._~',
    'zh-TW': '必須為 1 至 128 個字母、數字或 -._~',
    'zh-CN': '必须为 1 至 128 个字母、数字或 -._~',
  },
  hook_unsupported: {
    en: 'cannot be done for {provider}: set the webhook up there',
    'zh-TW': '無法為 {provider} 自動註冊，請在該平台上設定 Webhook',
    'zh-CN': '无法为 {provider} 自动注册，请在该平台上设置 Webhook',
  },
  hook_public_url: {
    en: 'needs the setting PUBLIC_URL: the address under which providers reach the hub',
    'zh-TW': '需要設定 PUBLIC_URL：服務商連線到本系統的位址',
    'zh-CN': '需要设置 PUBLIC_URL：服务商访问本系统的地址',
  },
  hook_settings: {
    en: 'cannot be done with the settings of the integration: {reason}',
    'zh-TW': '無法以此整合的設定註冊：{reason}',
    'zh-CN': '无法以该集成的设置注册：{reason}',
  },
  hook_secret: {
    en: 'cannot be chosen where the webhook is set up by the hub: the provider makes it',
    'zh-TW': '由本系統註冊 Webhook 時無法指定：密鑰由服務商產生',
    'zh-CN': '由本系统注册 Webhook 时无法指定：密钥由服务商生成',
  },
  hook_header: {
    en: 'must be {header} where the webhook is set up by the hub',
    'zh-TW': '由本系統註冊 Webhook 時必須為 {header}',
    'zh-CN': '由本系统注册 Webhook 时必须为 {header}',
  },
  header_name: {
    en: 'must be the name of a header',
    'zh-TW': '必須是標頭名稱',
    'zh-CN': '必须是请求头名称',
  },
  idempotency_key: {
    en: 'must have 1 to 255 visible ASCII characters',
    'zh-TW': '必須為 1 至 255 個可見 ASCII 字元',
    'zh-CN': '必须为 1 至 255 个可见 ASCII 字符',
  },
  json_malformed: { en: 'is not valid JSON', 'zh-TW': '不是有效的 JSON', 'zh-CN': '不是有效的 JSON' },
  json_invalid_utf8: { en: 'is not valid UTF-8', 'zh-TW': '不是有效的 UTF-8', 'zh-CN': '不是有效的 UTF-8' },
  json_duplicate_key: { en: 'is given twice', 'zh-TW': '出現了兩次', 'zh-CN': '出现了两次' },
  json_too_deep: { en: 'is nested too deeply', 'zh-TW': '巢狀層級過深', 'zh-CN': '嵌套层级过深' },
  json_forbidden_key: {
    en: 'is a name that is not allowed',
    'zh-TW': '是不允許的名稱',
    'zh-CN': '是不允许的名称',
  },
  json_nul_character: {
    en: 'must not contain a NUL character',
    'zh-TW': '不得包含 NUL 字元',
    'zh-CN': '不得包含 NUL 字符',
  },
} as const satisfies Sentences;
