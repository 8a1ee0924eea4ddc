import { Places } from './places';

it('lets two at a time to what is at one address', () => {
  const places = new Places();
  const leave = places.enter('https://api.example.com/repos/a/hooks');
  expect(places.full).toEqual([]);
  expect(places.enter('https://api.example.com/repos/b/hooks')).not.toBeNull();
  expect(places.full).toEqual(['https://api.example.com']);
  expect(places.enter('https://api.example.com/repos/a/hooks')).toBeNull();
  expect(places.enter('https://api.example.com:8443/repos/a/hooks')).not.toBeNull();
  leave?.();
  expect(places.full).toEqual([]);
  expect(places.enter('https://api.example.com/orgs/c/hooks')).not.toBeNull();
  expect(places.full).toEqual(['https://api.example.com']);
});
