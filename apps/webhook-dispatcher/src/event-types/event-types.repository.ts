import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { EventTypeEntity } from './event-type.entity';

@Injectable()
export class EventTypesRepository {
  constructor(@InjectRepository(EventTypeEntity) private readonly rows: Repository<EventTypeEntity>) {}

  find(name: string): Promise<EventTypeEntity | null> {
    return this.rows.findOneBy({ name });
  }

  all(): Promise<EventTypeEntity[]> {
    return this.rows.find({ order: { name: 'ASC' } });
  }

  count(): Promise<number> {
    return this.rows.count();
  }

  /** Answers false when the name is taken. */
  async insert(row: Omit<EventTypeEntity, 'createdAt'>): Promise<boolean> {
    const inserted = await this.rows
      .createQueryBuilder()
      .insert()
      .values({ ...row, schema: row.schema as object | null })
      .orIgnore()
      .returning('name')
      .execute();
    return (inserted.raw as unknown[]).length === 1;
  }
}
