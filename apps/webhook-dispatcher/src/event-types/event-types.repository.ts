import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { AuditOutbox } from '@signalbox/audit';
import { Repository } from 'typeorm';
import { EventTypeEntity } from './event-type.entity';

@Injectable()
export class EventTypesRepository {
  constructor(
    @InjectRepository(EventTypeEntity) private readonly rows: Repository<EventTypeEntity>,
    private readonly audit: AuditOutbox,
  ) {}

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
  insert(row: Omit<EventTypeEntity, 'createdAt'>): Promise<boolean> {
    return this.rows.manager.transaction(async (manager) => {
      const inserted = await manager
        .createQueryBuilder()
        .insert()
        .into(EventTypeEntity)
        .values({ ...row, schema: row.schema as object | null })
        .orIgnore()
        .returning('name')
        .execute();
      if ((inserted.raw as unknown[]).length === 0) return false;
      const { name, description, schema } = row;
      await this.audit.note(manager, {
        action: 'event-types.create',
        resourceId: name,
        before: null,
        after: { name, description, schema },
      });
      return true;
    });
  }
}
