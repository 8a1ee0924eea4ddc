import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, Tethered } from '../../../database/src/embedded';
import { findBinary, requireBinary } from './binary';
import type { KillableServer } from './killable';
import { until } from './until';

const START_MS = 60_000;
const STOP_MS = 15_000;

/** A private RabbitMQ with a name service (epmd) of its own, so that no two of them meet. `vhosts` are made beside `/`. */
export async function startRabbit(options: { vhosts?: readonly string[] } = {}): Promise<KillableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-rabbitmq-'));
  const [port, distributionPort, namesPort] = [await freePort(), await freePort(), await freePort()];
  await configure(folder, options.vhosts ?? []);
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    HOME: folder,
    ERL_EPMD_PORT: String(namesPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_NODENAME: `signalbox-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distributionPort),
    RABBITMQ_MNESIA_BASE: join(folder, 'data'),
    RABBITMQ_LOG_BASE: join(folder, 'log'),
    RABBITMQ_LOGS: '-',
    RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
    RABBITMQ_CONF_ENV_FILE: join(folder, 'rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'enabled_plugins'),
    RABBITMQ_PID_FILE: join(folder, 'pid'),
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '+S 2:2 +A 16',
    // The server's script then becomes the server instead of staying beside it, so that signals reach it.
    RUNNING_UNDER_SYSTEMD: 'true',
  };
  const epmd = findBinary('epmd');
  const names = epmd
    ? new Tethered([epmd, '-port', String(namesPort), '-address', '127.0.0.1'], { env, endSignal: 'TERM' })
    : undefined;
  let server: Tethered;

  const start = async () => {
    const lines: string[] = [];
    server = new Tethered([requireBinary('rabbitmq-server')], {
      env,
      cwd: folder,
      endSignal: 'TERM',
      onLine: (line) => {
        if (lines.push(line) > 40) lines.shift();
      },
    });
    await until('RabbitMQ serves', START_MS, () => {
      if (!server.running) throw new Error(`RabbitMQ ended:\n${lines.join('\n')}`);
      return speaksAmqp(port);
    });
  };

  const end = async () => {
    await names?.stop(STOP_MS);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await start();
  } catch (error) {
    await end();
    throw error;
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    kill: () => server.kill(),
    restart: async () => {
      await server.stop(STOP_MS);
      await start();
    },
    stop: async () => {
      await server.stop(STOP_MS);
      await end();
    },
  };
}

async function configure(folder: string, vhosts: readonly string[]): Promise<void> {
  await mkdir(join(folder, 'log'), { recursive: true });
  const all = ['/', ...vhosts];
  await Promise.all([
    writeFile(join(folder, 'rabbitmq-env.conf'), ''),
    writeFile(join(folder, 'enabled_plugins'), '[].'),
    writeFile(
      join(folder, 'rabbitmq.conf'),
      [
        `load_definitions = ${join(folder, 'definitions.json')}`,
        'disk_free_limit.absolute = 50MB',
        'vm_memory_high_watermark.absolute = 1GB',
        'log.console.level = error',
      ].join('\n'),
    ),
    writeFile(
      join(folder, 'definitions.json'),
      JSON.stringify({
        users: [{ name: 'guest', password: 'guest', tags: 'administrator' }],
        vhosts: all.map((name) => ({ name })),
        permissions: all.map((vhost) => ({
          user: 'guest',
          vhost,
          configure: '.*',
          write: '.*',
          read: '.*',
        })),
      }),
    ),
  ]);
}

/** A listening socket is not yet a broker: it must answer the protocol header with `connection.start`. */
function speaksAmqp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2_000, () => end(false));
    socket.once('connect', () => socket.write(Buffer.from('AMQP\0\0\x09\x01', 'latin1')));
    socket.once('data', (data) => end(data[0] === 1));
    socket.once('error', () => end(false));
    socket.once('close', () => end(false));
  });
}
