export interface EventTypeView {
  readonly name: string;
  readonly description: string;
  /** JSON Schema that published data must satisfy, or null. */
  readonly schema: Readonly<Record<string, unknown>> | null;
  /** True for the types that come with the hub. */
  readonly built_in: boolean;
  readonly created_at: string | null;
}

/** The types known from the start: the published lists and the platform's own. Admins register more. */
export const BUILT_IN_EVENT_TYPES: Readonly<Record<string, string>> = {
  'project.created': 'A project was created',
  'project.updated': 'A project was changed',
  'project.deleted': 'A project was deleted',
  'task.created': 'A task was created',
  'task.updated': 'A task was changed',
  'task.completed': 'A task was completed',
  'user.registered': 'A user registered',
  'user.updated': 'A user was changed',
  'deployment.started': 'A deployment started',
  'deployment.completed': 'A deployment completed',
  'deployment.failed': 'A deployment failed',
  'user.created': 'A user was created',
  'user.deleted': 'A user was deleted',
  'knowledge_base.created': 'A knowledge base was created',
  'knowledge_base.updated': 'A knowledge base was changed',
  'knowledge_base.deleted': 'A knowledge base was deleted',
  'document.uploaded': 'A document was uploaded',
  'document.processed': 'A document was processed',
  'document.failed': 'Processing a document failed',
  'chat.started': 'A chat started',
  'chat.ended': 'A chat ended',
  'system.alert': 'An alert was raised or resolved',
  'integration.sync.completed': 'A sync completed',
  'integration.sync.failed': 'A sync failed',
  'integration.status.changed': 'The status of an integration changed',
  'plugin.installed': 'A plugin was installed',
  'plugin.uninstalled': 'A plugin was uninstalled',
  'webhook.endpoint.disabled': 'A webhook was disabled because its endpoint asked for it or kept failing',
  'pipeline.run.started': 'A pipeline run started',
  'pipeline.run.completed': 'A pipeline run completed',
  'pipeline.run.failed': 'A pipeline run failed',
  'review.completed': 'A review completed',
  'api_key.expiring': 'An API key is about to expire',
};

/** Of a test delivery whose sender names no type. Nobody publishes it, nobody registers it. */
export const TEST_EVENT_TYPE = 'webhook.test';

/** Lower-case words joined by dots: `task.created`. */
export const EVENT_TYPE_PATTERN = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/;
export const EVENT_TYPE_MAX_LENGTH = 128;

/** The patterns that match `type`: itself, every `prefix.*`, and `*`. */
export function patternsMatching(type: string): string[] {
  const words = type.split('.');
  const patterns = ['*', type];
  for (let i = 1; i < words.length; i += 1) patterns.push(`${words.slice(0, i).join('.')}.*`);
  return patterns;
}
