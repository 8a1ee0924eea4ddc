import { sharedHub, TEST_SECRETS } from '@signalbox/testing';

export interface BootedHub {
  readonly url: string;
  readonly adminUsername: string;
  readonly adminPassword: string;
  readonly adminSecret: string;
  /** Undefined where it is not for tests to reach. */
  readonly databaseUrl?: string;
  /** Whether other suites use it at the same time. */
  readonly shared: boolean;
  /** What the apps have logged so far; nothing of a hub in another process. */
  logged(): readonly string[];
  stop(): Promise<void>;
}

/** A hub that runs already instead of the one that this run starts, e.g. of separate processes over RabbitMQ. */
const RUNNING = process.env.CONTRACT_HUB_URL;

/**
 * The hub that all suites of this run share, in a process of its own; or the one of `CONTRACT_HUB_URL`: its administrator is
 * told in `ADMIN_USERNAME`, `ADMIN_PASSWORD`, `ADMIN_SECRET`, its limits must be as high as `UNLIMITED`, and it must be
 * allowed to reach loopback.
 */
export async function sharedByAll(): Promise<BootedHub> {
  const {
    ADMIN_USERNAME = 'admin',
    ADMIN_PASSWORD = '',
    ADMIN_SECRET = '',
  } = RUNNING ? process.env : TEST_SECRETS;
  return {
    url: RUNNING ?? (await sharedHub()),
    adminUsername: ADMIN_USERNAME,
    adminPassword: ADMIN_PASSWORD,
    adminSecret: ADMIN_SECRET,
    shared: true,
    logged: () => [],
    stop: () => Promise.resolve(),
  };
}
