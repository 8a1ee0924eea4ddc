import type { Sentences } from './language';

/** S0's `msg` on success, one for each operation; a route names its own with `@Says`. */
export const OPERATION_SENTENCES = {
  ok: { en: 'Success', 'zh-TW': '操作成功', 'zh-CN': '操作成功' },
  'webhooks.list': { en: 'Webhooks listed', 'zh-TW': '獲取Webhook列表成功', 'zh-CN': '获取Webhook列表成功' },
  'webhooks.create': { en: 'Webhook created', 'zh-TW': '創建Webhook成功', 'zh-CN': '创建Webhook成功' },
  'webhooks.get': { en: 'Webhook found', 'zh-TW': '獲取Webhook詳情成功', 'zh-CN': '获取Webhook详情成功' },
  'webhooks.update': { en: 'Webhook updated', 'zh-TW': '更新Webhook成功', 'zh-CN': '更新Webhook成功' },
  'webhooks.delete': { en: 'Webhook deleted', 'zh-TW': '刪除Webhook成功', 'zh-CN': '删除Webhook成功' },
  'webhooks.test': { en: 'Webhook test delivered', 'zh-TW': '測試Webhook成功', 'zh-CN': '测试Webhook成功' },
  'webhooks.retry': { en: 'Retry started', 'zh-TW': '重試Webhook成功', 'zh-CN': '重试Webhook成功' },
  'webhooks.logs': {
    en: 'Delivery log listed',
    'zh-TW': '獲取Webhook執行日志成功',
    'zh-CN': '获取Webhook执行日志成功',
  },
  'events.publish': { en: 'Event accepted', 'zh-TW': '處理Webhook事件成功', 'zh-CN': '处理Webhook事件成功' },
  'integrations.types': {
    en: 'Integration types listed',
    'zh-TW': '獲取集成類型成功',
    'zh-CN': '获取集成类型成功',
  },
  'integrations.schema': {
    en: 'Integration schema found',
    'zh-TW': '獲取集成配置架構成功',
    'zh-CN': '获取集成配置架构成功',
  },
  health: { en: 'The service is healthy', 'zh-TW': '服務正常', 'zh-CN': '服务正常' },
} as const satisfies Sentences;

export type OperationSentence = keyof typeof OPERATION_SENTENCES;
