import type { Benchmark } from '../kit/benchmark';
import { startHub } from '../kit/hub';
import { missingServers, startServers } from '../kit/servers';
import { setStage } from '../kit/stage';
import { startWorker } from '../kit/worker';
import type { BareRpcGateway } from '../workers/bare-rpc-gateway';
import type { BareRpcService } from '../workers/bare-rpc-service';
import { compareRequests } from './compare-requests';

/** What a call from the gateway to a service costs over Nest's own. */
export const rpcGet: Benchmark = {
  name: 'rpc-get',
  about: 'GET /api/v1/webhooks/{id} over RabbitMQ, beside a bare Nest RMQ call that reads the same rows',
  async run(report, { quick, profiles }) {
    const missing = missingServers();
    if (missing !== undefined) return report.print(`Not measured: ${missing}`);
    const servers = await startServers();
    const hub = await startHub({ servers, profiles });
    const { load, webhookPath, receiver } = await setStage(hub);
    const [service, gateway] = [
      startWorker<BareRpcService>('bare-rpc-service'),
      startWorker<BareRpcGateway>('bare-rpc-gateway'),
    ];
    await service.call('listen', servers.rabbit, servers.postgres);
    const bare = await gateway.call('listen', servers.rabbit);
    const id = webhookPath.split('/').at(-1) ?? '';
    report.print(
      'GET /api/v1/webhooks/{id} with a JWT, gateway and service over RabbitMQ, beside a bare Fastify route, Nest’s ClientProxy and\na bare Nest RMQ service that runs the same query on the same PostgreSQL over the same broker:\n',
    );
    await compareRequests(
      report,
      load,
      {
        hub: async () => ({ origin: hub.url, path: webhookPath, headers: await hub.signedIn() }),
        limit: { origin: bare, path: `/webhooks/${id}`, headers: {} },
      },
      0.7,
      quick,
    );
    await Promise.all([gateway.stop(), service.stop(), load.stop(), receiver.stop()]);
    await hub.stop();
    await servers.stop();
  },
};
