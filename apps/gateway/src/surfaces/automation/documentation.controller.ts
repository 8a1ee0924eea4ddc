import { Controller, Get, Redirect } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { Access, SurfaceController } from '..';
import { DOCUMENT_PAGE_PATH } from '../../openapi/paths';

/** The automation surface's documentation pages: one page describes every surface. */
@ApiExcludeController()
@SurfaceController('automation')
export class AutomationDocumentationController {
  @Get(['docs', 'schema/swagger-ui'])
  @Access('public')
  @Redirect(DOCUMENT_PAGE_PATH, 302)
  page(): void {}
}

@ApiExcludeController()
@Controller('docs')
export class DocumentationController {
  @Get()
  @Redirect(DOCUMENT_PAGE_PATH, 302)
  page(): void {}
}
