import { Get, Header, Param, Res } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { DomainError } from '@signalbox/contracts';
import type { FastifyReply } from 'fastify';
import { errorPage } from '../error-pages/error-pages';
import { Access, ContentSecurityPolicy, SurfaceController } from '../surfaces';
import { OpenApiDocument } from './openapi.document';
import { DocumentPage } from './openapi.page';
import { DOCUMENT_ROUTE } from './paths';

/** Only what comes from the hub itself; the page styles itself from script, and draws icons from data. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

@SurfaceController('code-review', DOCUMENT_ROUTE)
export class OpenApiController {
  constructor(
    private readonly document: OpenApiDocument,
    private readonly page: DocumentPage,
  ) {}

  @Get()
  @Access('public')
  @ApiOperation({ summary: 'This document' })
  @ApiOkResponse({
    description: 'OpenAPI 3.1 of all surfaces',
    content: { 'application/json': { schema: { type: 'object' } } },
  })
  json(@Res() reply: FastifyReply): void {
    // The document is published as it is, in no surface's envelope.
    void reply.type('application/json; charset=utf-8').send(this.document.json());
  }

  /** As text, which every browser shows. */
  @Get('errors/:code')
  @Access('public')
  @ApiExcludeEndpoint()
  error(@Param('code') code: string, @Res() reply: FastifyReply): void {
    const page = errorPage(code);
    if (page === undefined) throw DomainError.notFound('resource');
    void reply.type('text/plain; charset=utf-8').header('Cache-Control', 'public, max-age=86400').send(page);
  }

  @Get('ui')
  @Access('public')
  @ApiExcludeEndpoint()
  @ContentSecurityPolicy(PAGE_POLICY)
  @Header('Content-Type', 'text/html; charset=utf-8')
  ui(): string {
    return this.page.html();
  }

  @Get('ui/:file')
  @Access('public')
  @ApiExcludeEndpoint()
  async file(@Param('file') name: string, @Res() reply: FastifyReply): Promise<void> {
    const file = await this.page.file(name);
    if (!file) throw DomainError.notFound('resource');
    void reply.type(file.type).header('Cache-Control', 'public, max-age=86400').send(file.content);
  }
}
