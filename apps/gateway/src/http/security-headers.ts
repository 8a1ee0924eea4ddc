import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import helmet from 'helmet';

export type Headers = Readonly<Record<string, string>>;

/** Nothing that an API answers is a page: whatever a browser makes of it may load, run and embed nothing. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'";

/** Helmet's headers, computed once: they are the same for every response, apart from the policy of pages. */
const BASE: Headers = computed();

export function securityHeaders(contentSecurityPolicy: string = API_POLICY): Headers {
  return { ...BASE, 'content-security-policy': contentSecurityPolicy };
}

function computed(): Headers {
  const response = new ServerResponse(new IncomingMessage(new Socket()));
  helmet({
    contentSecurityPolicy: false,
    // For pages, or for browsers that are no more.
    crossOriginOpenerPolicy: false,
    xDownloadOptions: false,
    xDnsPrefetchControl: false,
    originAgentCluster: false,
    xXssProtection: false,
    xPermittedCrossDomainPolicies: false,
    xFrameOptions: { action: 'deny' },
  })(response.req, response, () => undefined);
  const headers: Record<string, string> = { 'cache-control': 'no-store' };
  for (const [name, value] of Object.entries(response.getHeaders())) headers[name] = String(value);
  return headers;
}
