import type { SharedServers } from './shared-servers';

export default async function globalTeardown(): Promise<void> {
  await (globalThis as { signalboxServers?: SharedServers }).signalboxServers?.close();
}
