import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { version } from 'swagger-ui-dist/package.json';
import { DOCUMENT_PAGE_PATH, DOCUMENT_PATH } from './paths';

interface PageFile {
  readonly type: string;
  readonly content: Buffer | string;
}

const FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'));
const START = 'start.js';
const STYLE = 'style.css';

/** What the page needs of Swagger UI, and nothing else of its folder. */
const FROM_PACKAGE: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css; charset=utf-8',
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const SCRIPT = `window.ui = SwaggerUIBundle({
  url: ${JSON.stringify(DOCUMENT_PATH)},
  dom_id: '#swagger-ui',
  deepLinking: true,
  filter: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
  presets: [SwaggerUIBundle.presets.apis],
  layout: 'BaseLayout',
});
`;

const address = (file: string): string => `${DOCUMENT_PAGE_PATH}/${file}?v=${version}`;

const HTML = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>Signalbox API</title>
    <link rel="icon" type="image/png" href="${address('favicon-32x32.png')}">
    <link rel="stylesheet" href="${address('swagger-ui.css')}">
    <link rel="stylesheet" href="${address(STYLE)}">
  </head>
  <body>
    <div id="swagger-ui"><noscript>The document itself is at <a href="${DOCUMENT_PATH}">${DOCUMENT_PATH}</a>.</noscript></div>
    <script src="${address('swagger-ui-bundle.js')}"></script>
    <script src="${address(START)}"></script>
  </body>
</html>
`;

/** The page to read and try the API: Swagger UI from npm, served by the hub itself. */
@Injectable()
export class DocumentPage {
  private readonly files = new Map<string, Promise<PageFile>>([
    [START, Promise.resolve({ type: 'text/javascript; charset=utf-8', content: SCRIPT })],
    [STYLE, Promise.resolve({ type: 'text/css; charset=utf-8', content: 'body{margin:0}' })],
  ]);

  html(): string {
    return HTML;
  }

  /** Undefined for a file that the page does not need. Each is read once. */
  async file(name: string): Promise<PageFile | undefined> {
    const known = this.files.get(name);
    if (known) return await known;
    const type = Object.hasOwn(FROM_PACKAGE, name) ? FROM_PACKAGE[name] : undefined;
    if (type === undefined) return undefined;
    const file = readFile(join(FOLDER, name)).then((content) => ({ type, content }));
    this.files.set(name, file);
    return await file;
  }
}
