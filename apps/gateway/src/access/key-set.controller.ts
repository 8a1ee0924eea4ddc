import { Get, Header } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { Answers } from '../openapi/answers.decorator';
import { Field, ListField } from '../openapi/field.decorator';
import { Access, SurfaceController } from '../surfaces/declare-route';
import { KeyRing } from './key-ring';

export class JsonWebKey {
  @Field('Kind of key', 'EC')
  kty!: string;

  @Field('Curve', 'P-256')
  crv!: string;

  @Field('Coordinate', 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU')
  x!: string;

  @Field('Coordinate', 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0')
  y!: string;

  @Field('Id: the `kid` of the tokens that it signs', 'oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U')
  kid!: string;

  @Field('Algorithm', 'ES256')
  alg!: string;

  @Field('What the key is for', 'sig')
  use!: string;
}

export class JsonWebKeySet {
  @ListField(JsonWebKey, 'Empty while tokens are signed with a secret')
  keys!: JsonWebKey[];
}

/** Where others learn how to verify our tokens (RFC 7517). */
@SurfaceController('integration-management', '/.well-known/jwks.json')
export class KeySetController {
  constructor(private readonly ring: KeyRing) {}

  @Get()
  @Header('cache-control', 'public, max-age=60')
  @Access('public')
  @ApiOperation({ summary: 'Public keys that verify access tokens' })
  @Answers(JsonWebKeySet)
  async keys(): Promise<JsonWebKeySet> {
    const keys = await this.ring.published();
    return { keys: keys.map((key) => ({ ...key, alg: 'ES256', use: 'sig' })) };
  }
}
