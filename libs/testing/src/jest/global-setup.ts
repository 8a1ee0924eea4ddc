import { SharedServers } from './shared-servers';

export default async function globalSetup(): Promise<void> {
  const servers = new SharedServers();
  process.env.SIGNALBOX_TEST_SERVERS = await servers.listen();
  (globalThis as { signalboxServers?: SharedServers }).signalboxServers = servers;
}
