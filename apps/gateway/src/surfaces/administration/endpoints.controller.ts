import { Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Access, Paged, SurfaceController } from '..';
import { AnswersPage } from '../../openapi/answers.decorator';
import { ApiEndpoints } from './api-endpoints';
import { EndpointAnswer, EndpointQuery } from './endpoint.dto';

@SurfaceController('administration', 'endpoints')
export class AdminEndpointsController {
  constructor(private readonly endpoints: ApiEndpoints) {}

  @Get()
  @Access('read')
  @ApiOperation({ summary: 'List the endpoints of every surface, and who may call them' })
  @AnswersPage(EndpointAnswer)
  list(@Query() query: EndpointQuery): Paged<EndpointAnswer> {
    const { page, size } = query.toPageRequest();
    const found = this.endpoints.find(query);
    return new Paged({ items: found.slice((page - 1) * size, page * size), total: found.length, page, size });
  }
}
