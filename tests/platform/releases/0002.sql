-- What release 0002 may have written into the tables that it added.
INSERT INTO account (city_id, id, email, name, roles, language, active, created_at)
VALUES (%(city)s, md5(%(slug)s || 'administrator')::uuid, 'administrator@ukr.example', 'Марія', '{administrator}', 'uk', true,
    '2026-03-01 09:00+02');
INSERT INTO account_session (city_id, id, account_id, token_digest, method, second_factor, browser, created_at, authenticated_at,
    seen_at, expires_at)
VALUES (%(city)s, md5(%(slug)s || 'session')::uuid, md5(%(slug)s || 'administrator')::uuid, 'digest-of-token', 'link', false,
    'Firefox, Android', '2026-03-01 09:00+02', '2026-03-01 09:00+02', '2026-03-01 09:10+02', '2026-03-15 09:00+02');
INSERT INTO audit_event (city_id, id, at, actor, account_id, action, subject_kind, subject_id, fields, valued)
VALUES (%(city)s, md5(%(slug)s || 'audit')::uuid, '2026-03-01 09:00+02', 'staff', md5(%(slug)s || 'administrator')::uuid, 'ban.added',
    'ban', md5(%(slug)s || 'ban')::uuid, '{value}', '{value}');
INSERT INTO audit_value (city_id, id, event_id, about, field, before, after, at)
VALUES (%(city)s, md5(%(slug)s || 'audit-value')::uuid, md5(%(slug)s || 'audit')::uuid, md5(%(slug)s || 'ban')::uuid, 'value', '',
    'spam@ukr.example', '2026-03-01 09:00+02');
INSERT INTO ban (city_id, id, kind, value, reason, until, made_by, created_at)
VALUES (%(city)s, md5(%(slug)s || 'ban')::uuid, 'email', 'spam@ukr.example', 'Реклама', NULL, md5(%(slug)s || 'administrator')::uuid,
    '2026-03-01 09:00+02');
INSERT INTO identity_provider (city_id, id, slug, name, discovery_url, client_id, client_secret, created_at)
VALUES (%(city)s, md5(%(slug)s || 'provider')::uuid, 'city-hall', '{"uk": "Міська рада"}', 'https://id.example/', 'vz', 'sealed',
    '2026-03-01 09:00+02');
INSERT INTO external_identity (city_id, id, account_id, provider_id, subject, created_at, used_at)
VALUES (%(city)s, md5(%(slug)s || 'identity')::uuid, md5(%(slug)s || 'administrator')::uuid, md5(%(slug)s || 'provider')::uuid, 'sub-1',
    '2026-03-01 09:00+02', NULL);
INSERT INTO provider_visit (city_id, id, provider_id, state_digest, nonce, verifier, browser_digest, next_path, created_at, expires_at)
VALUES (%(city)s, md5(%(slug)s || 'provider-visit')::uuid, md5(%(slug)s || 'provider')::uuid, 'digest-of-state', 'nonce', 'verifier',
    'digest-of-browser', '/staff', '2026-03-01 09:00+02', '2026-03-01 09:10+02');
INSERT INTO passkey (city_id, id, account_id, credential_id, public_key, sign_count, transports, name, created_at, used_at)
VALUES (%(city)s, md5(%(slug)s || 'passkey')::uuid, md5(%(slug)s || 'administrator')::uuid, 'credential', 'key', 3, '{internal}', 'Телефон',
    '2026-03-01 09:00+02', NULL);
INSERT INTO recovery_code (city_id, id, account_id, code_digest, created_at, used_at)
VALUES (%(city)s, md5(%(slug)s || 'recovery')::uuid, md5(%(slug)s || 'administrator')::uuid, 'digest-of-code', '2026-03-01 09:00+02', NULL);
INSERT INTO rate_count (city_id, id, key, used, since, until)
VALUES (%(city)s, md5(%(slug)s || 'rate')::uuid, 'asking.address digest', 7, '2026-03-01 09:00+02', '2026-03-01 09:10+02');
INSERT INTO report (city_id, id, appeal_id, part, reason, words, email, state, created_at, note)
VALUES (%(city)s, md5(%(slug)s || 'report')::uuid, md5(%(slug)s || 'answered')::uuid, 'question', 'personal', 'Тут мій телефон',
    'ivan@ukr.example', 'open', '2026-03-01 09:00+02', '');
INSERT INTO sign_in_step (city_id, id, account_id, token_digest, method, next_path, failures, created_at, expires_at)
VALUES (%(city)s, md5(%(slug)s || 'step')::uuid, md5(%(slug)s || 'administrator')::uuid, 'digest-of-step', 'link', '/staff', 1,
    '2026-03-01 09:00+02', '2026-03-01 09:10+02');
INSERT INTO totp (city_id, id, account_id, secret, last_step, confirmed_at)
VALUES (%(city)s, md5(%(slug)s || 'totp')::uuid, md5(%(slug)s || 'administrator')::uuid, 'sealed', 5, '2026-03-01 09:00+02');
INSERT INTO webauthn_challenge (city_id, id, challenge_digest, purpose, account_id, created_at, expires_at)
VALUES (%(city)s, md5(%(slug)s || 'challenge')::uuid, 'digest-of-challenge', 'sign_in', NULL, '2026-03-01 09:00+02', '2026-03-01 09:05+02');
INSERT INTO sign_in_link (city_id, id, email, token_digest, browser_digest, next_path, created_at, expires_at, used_at)
VALUES (%(city)s, md5(%(slug)s || 'newer-link')::uuid, 'administrator@ukr.example', 'digest-of-newer-link', 'digest-of-browser', '/staff',
    '2026-03-01 09:00+02', '2026-03-01 09:15+02', NULL);
