import type { Role } from '@signalbox/contracts';
import { Check, Column, Entity, PrimaryColumn, Unique } from 'typeorm';

@Entity({ name: 'users' })
@Unique('users_username_unique', ['usernameKey'])
@Check('users_role_known', `role IN ('admin', 'integration_manager', 'member', 'viewer')`)
export class UserEntity {
  @PrimaryColumn({ type: 'uuid', primaryKeyConstraintName: 'users_pk' })
  id!: string;

  @Column({ type: 'text' })
  username!: string;

  /** What makes two names the same name: see `usernameKey`. */
  @Column({ name: 'username_key', type: 'text' })
  usernameKey!: string;

  @Column({ type: 'text' })
  email!: string;

  @Column({ name: 'password_hash', type: 'text' })
  passwordHash!: string;

  @Column({ type: 'text' })
  role!: Role;

  @Column({ name: 'first_name', type: 'text' })
  firstName!: string;

  @Column({ name: 'last_name', type: 'text' })
  lastName!: string;

  @Column({ name: 'is_active', type: 'boolean' })
  isActive!: boolean;

  @Column({ type: 'text', array: true, nullable: true })
  projects!: string[] | null;

  @Column({ name: 'date_joined', type: 'timestamptz', precision: 3, default: () => 'now()' })
  dateJoined!: Date;
}
