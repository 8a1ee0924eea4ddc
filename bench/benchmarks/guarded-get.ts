import type { Benchmark } from '../kit/benchmark';
import { startHub } from '../kit/hub';
import { startWorker } from '../kit/worker';
import type { BareHttp } from '../workers/bare-http';
import type { Load } from '../workers/load';
import { compareRequests } from './compare-requests';
import { burning, printScales } from './scales';

const PATH = '/api/users/me/';

/** What the door itself costs: credential, limits, headers, envelope, log line. */
export const guardedGet: Benchmark = {
  name: 'guarded-get',
  about: `GET ${PATH} with a JWT, beside a bare Nest and Fastify route that answers the same body`,
  async run(report, { quick, profiles }) {
    const hub = await startHub({ profiles });
    const bare = startWorker<BareHttp>('bare-http');
    const load = startWorker<Load>('load');
    const limit = new URL(await bare.call('listen', await hub.call<object>('GET', PATH)));
    report.print(
      `GET ${PATH} with a JWT, beside a bare Nest and Fastify route that answers the same body:\n`,
    );
    const bareRoute = { origin: limit.origin, path: limit.pathname, headers: {} };
    await compareRequests(
      report,
      load,
      {
        hub: async () => ({ origin: hub.url, path: PATH, headers: await hub.signedIn() }),
        limit: bareRoute,
      },
      0.5,
      quick,
    );
    const burn = burning((microseconds) => bare.call('burn', microseconds), 20);
    await printScales(report, load, bareRoute, [burn], quick);
    await Promise.all([bare.stop(), load.stop(), hub.stop()]);
  },
};
