import type { Sentences } from './language';

/** What is wrong with one field. Keys are shared with the services: they travel in `FieldProblem.key`. */
export const FIELD_SENTENCES = {
  invalid: { en: 'is not valid', 'zh-TW': '無效', 'zh-CN': '无效' },
  required: { en: 'is required', 'zh-TW': '為必填', 'zh-CN': '为必填项' },
  unknown: { en: 'is not a known field', 'zh-TW': '是未知欄位', 'zh-CN': '是未知字段' },
  repeated: { en: 'must be given once', 'zh-TW': '只能出現一次', 'zh-CN': '只能出现一次' },
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
  event_pattern: {
    en: 'must be an event type such as task.created, task.* or *',
    'zh-TW': '必須是事件類型，例如 task.created、task.* 或 *',
    'zh-CN': '必须是事件类型，例如 task.created、task.* 或 *',
  },
  control_character: {
    en: 'must not contain NUL or broken characters',
    'zh-TW': '不得包含 NUL 或損壞的字元',
    'zh-CN': '不得包含 NUL 或损坏的字符',
  },
} as const satisfies Sentences;
