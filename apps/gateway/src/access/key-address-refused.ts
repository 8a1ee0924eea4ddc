import { DomainError, type Principal } from '@signalbox/contracts';

/** A key that is good, from where it may not be used: whose it is is known, and that nothing is done for it. */
export class KeyAddressRefused extends DomainError {
  constructor(readonly principal: Principal) {
    super({ code: 'FORBIDDEN', messageKey: 'key_address_refused' });
  }
}
