-- What release 0001 may have written into one city: every table, and the states an appeal can be in.
-- Bound by the test: the city's id, slug and number prefix. Never changed after a later release is out.
INSERT INTO city (id, slug, number_prefix, name, name_in, name_of, example, centre_lon, centre_lat, zoom, west, south, east,
    north, accent, accent_dark, contact_phone, contact_name, contact_email, demo, catalogue_revision, published_revision)
VALUES (%(city)s, %(slug)s, %(prefix)s, '{"uk": "Місто", "en": "City"}', '{"uk": "у місті", "en": "in City"}',
    '{"uk": "міста", "en": "of City"}', '{"uk": "Чому не світить ліхтар?", "en": "Why is the lamp out?"}',
    30.5, 50.4, 11, 30.2, 50.2, 30.8, 50.6, '#1f5fbf', '#8ab4f8', '1551', '{"uk": "Гаряча лінія"}', 'city@vz.example', false, 3, 7);
INSERT INTO account (city_id, id, email, name, roles, language, created_at)
VALUES (%(city)s, md5(%(slug)s || 'account')::uuid, 'moderator@vz.example', 'Марія Модератор', '{moderator,administrator}', 'uk',
    '2026-01-05 09:00+02');
INSERT INTO sign_in_link (city_id, id, account_id, token_digest, browser_digest, next_path, created_at, expires_at, used_at)
VALUES (%(city)s, md5(%(slug)s || 'link')::uuid, md5(%(slug)s || 'account')::uuid, 'digest-of-link', 'digest-of-browser', '/staff',
    '2026-01-05 09:00+02', '2026-01-05 09:30+02', '2026-01-05 09:01+02');
INSERT INTO staff_session (city_id, id, account_id, token_digest, created_at, expires_at)
VALUES (%(city)s, md5(%(slug)s || 'session')::uuid, md5(%(slug)s || 'account')::uuid, 'digest-of-session',
    '2026-01-05 09:01+02', '2036-01-05 21:01+02');
INSERT INTO category (city_id, id, slug, name, hint, emergency, sensitive, precision, whose, now, call_102_when, keywords, position)
VALUES (%(city)s, md5(%(slug)s || 'lamps')::uuid, 'lamps', '{"uk": "Ліхтарі"}', '{"uk": "Не світить"}', false, false, 'exact',
        '{"uk": "Місто"}', '{"uk": "Зачекайте"}', '{"uk": "Іскрить"}', '{ліхтар,темно}', 1),
    (%(city)s, md5(%(slug)s || 'drugs')::uuid, 'drugs', '{"uk": "Наркотики"}', '{"uk": "Продають"}', false, true, 'district',
        '{"uk": "Поліція"}', '{"uk": "Не підходьте"}', '{"uk": "Просто зараз"}', '{}', 2);
INSERT INTO city_page (city_id, id, slug, title, body, position)
VALUES (%(city)s, md5(%(slug)s || 'page')::uuid, 'about', '{"uk": "Про нас"}', '{"uk": "Тут питають."}', 1);
INSERT INTO district (city_id, id, slug, name, kind, boundary, label_lon, label_lat, position)
VALUES (%(city)s, md5(%(slug)s || 'district')::uuid, 'centre', '{"uk": "Центр"}', '{"uk": "район"}',
    '{"type": "Polygon", "coordinates": [[[30.4, 50.4], [30.6, 50.4], [30.6, 50.5], [30.4, 50.4]]]}', 30.5, 50.43, 1);
INSERT INTO water (city_id, id, name, shape)
VALUES (%(city)s, md5(%(slug)s || 'water')::uuid, '{"uk": "Річка"}', '{"type": "LineString", "coordinates": [[30.4, 50.4], [30.5, 50.5]]}');
INSERT INTO place (city_id, id, name, kind, points, spellings)
VALUES (%(city)s, md5(%(slug)s || 'place')::uuid, '{"uk": "вулиця Садова"}', 'street', '[[30.5, 50.42]]', '{садова}');
INSERT INTO responder (city_id, id, slug, kind, name, name_to, initials, about, email, phone, position)
VALUES (%(city)s, md5(%(slug)s || 'responder')::uuid, 'light', 'city', '{"uk": "Міськсвітло"}', '{"uk": "Міськсвітлу"}', '{"uk": "МС"}',
    '{"uk": "Ліхтарі міста"}', 'light@vz.example', '1551', 1);
INSERT INTO routing_rule (city_id, id, category_id, district_id, responder_id)
VALUES (%(city)s, md5(%(slug)s || 'rule')::uuid, md5(%(slug)s || 'lamps')::uuid, md5(%(slug)s || 'district')::uuid,
        md5(%(slug)s || 'responder')::uuid),
    (%(city)s, md5(%(slug)s || 'fallback')::uuid, NULL, NULL, md5(%(slug)s || 'responder')::uuid);
INSERT INTO number_counter (city_id, id, year, last) VALUES (%(city)s, md5(%(slug)s || 'counter')::uuid, 2026, 4);
INSERT INTO appeal (city_id, id, number, state, category_id, district_id, created_at, confirmed_at, published_at, answered_at, title,
    body, place, precision, lon, lat, author, responder_id, merged_into_id, version, changed_revision)
SELECT %(city)s, md5(%(slug)s || state)::uuid, CASE WHEN state <> 'unconfirmed' THEN %(prefix)s || '-2026-00000' || place END, state,
    md5(%(slug)s || 'lamps')::uuid, md5(%(slug)s || 'district')::uuid, '2026-02-01 10:00+02',
    CASE WHEN state <> 'unconfirmed' THEN timestamptz '2026-02-01 10:05+02' END,
    CASE WHEN seen THEN timestamptz '2026-02-02 12:00+02' END,
    CASE WHEN state IN ('answered', 'reopened') THEN timestamptz '2026-02-05 15:00+02' END,
    CASE WHEN seen THEN 'Чому не світить ліхтар?' ELSE '' END, CASE WHEN seen THEN 'Третій тиждень темно.' ELSE '' END,
    CASE WHEN seen THEN 'вулиця Садова, біля школи' ELSE '' END, 'exact',
    CASE WHEN seen THEN 30.5 END, CASE WHEN seen THEN 50.42 END, CASE WHEN seen THEN 'Олена' ELSE '' END,
    CASE WHEN state IN ('routed', 'answered', 'reopened') THEN md5(%(slug)s || 'responder')::uuid END,
    CASE WHEN state = 'merged' THEN md5(%(slug)s || 'answered')::uuid END, 2, 5
FROM (SELECT state, place, state IN ('published', 'routed', 'answered', 'reopened') AS seen
    FROM unnest(ARRAY['answered', 'unconfirmed', 'submitted', 'rejected', 'merged', 'withdrawn', 'published', 'routed', 'reopened'])
        WITH ORDINALITY AS each(state, place)) AS states;
INSERT INTO submission (city_id, id, title, body, address, lon, lat, author_name, author_email, publish_name, language, rejected_because)
SELECT city_id, id, 'чому не світить ліхтар', 'Третій тиждень темно, я Олена з 12-ї квартири', 'Садова, 5, кв. 12', 30.5001, 50.4201,
    'Олена', 'olena@ukr.example', true, 'uk', CASE WHEN state = 'rejected' THEN 'Назвіть, будь ласка, вулицю.' ELSE '' END
FROM appeal WHERE city_id = %(city)s;
INSERT INTO appeal_event (city_id, id, appeal_id, at, kind, actor, account_id, public, data)
VALUES (%(city)s, md5(%(slug)s || 'confirmed')::uuid, md5(%(slug)s || 'answered')::uuid, '2026-02-01 10:05+02', 'confirmed', 'author',
        NULL, false, '{}'),
    (%(city)s, md5(%(slug)s || 'event')::uuid, md5(%(slug)s || 'answered')::uuid, '2026-02-02 12:00+02', 'published', 'staff',
        md5(%(slug)s || 'account')::uuid, true, '{"words": "changed"}'),
    (%(city)s, md5(%(slug)s || 'reopened')::uuid, md5(%(slug)s || 'answered')::uuid, '2026-02-07 12:00+02', 'reopened', 'author',
        NULL, true, '{"why": "Знову темно, я Олена", "marked": true}');
INSERT INTO appeal_word (city_id, lexeme, id) VALUES (%(city)s, 'ліхтар', md5(%(slug)s || 'answered')::uuid);
INSERT INTO answer (city_id, id, appeal_id, responder_id, account_id, short, body, created_at, published_at)
VALUES (%(city)s, md5(%(slug)s || 'answer')::uuid, md5(%(slug)s || 'answered')::uuid, md5(%(slug)s || 'responder')::uuid,
        md5(%(slug)s || 'account')::uuid, 'Полагодимо до п’ятниці.', 'Замінили кабель.', '2026-02-05 14:00+02', '2026-02-05 15:00+02'),
    (%(city)s, md5(%(slug)s || 'unfinished')::uuid, md5(%(slug)s || 'routed')::uuid, md5(%(slug)s || 'responder')::uuid,
        md5(%(slug)s || 'account')::uuid, '', 'Чернетка', '2026-02-05 14:00+02', NULL);
INSERT INTO answer_step (city_id, id, answer_id, position, action, contact)
VALUES (%(city)s, md5(%(slug)s || 'step')::uuid, md5(%(slug)s || 'answer')::uuid, 1, 'Зателефонуйте', '1551');
INSERT INTO answer_file (city_id, id, answer_id, position, name, media_type, bytes, digest)
VALUES (%(city)s, md5(%(slug)s || 'file')::uuid, md5(%(slug)s || 'answer')::uuid, 1, 'акт.pdf', 'application/pdf', 1024, 'digest-of-file');
INSERT INTO follower (city_id, id, appeal_id, email, language, created_at, confirmed_at, stopped_at)
VALUES (%(city)s, md5(%(slug)s || 'follower')::uuid, md5(%(slug)s || 'answered')::uuid, 'ivan@ukr.example', 'en',
    '2026-02-03 09:00+02', '2026-02-03 09:10+02', NULL);
INSERT INTO draft (city_id, id, key_digest, data, appeal_id, created_at, updated_at)
VALUES (%(city)s, md5(%(slug)s || 'draft')::uuid, 'digest-of-key', '{"title": "Чому", "body": ""}', NULL,
        '2026-02-06 09:00+02', '2026-02-06 09:05+02'),
    (%(city)s, md5(%(slug)s || 'sent-draft')::uuid, 'digest-of-another-key', '{}', md5(%(slug)s || 'unconfirmed')::uuid,
        '2026-02-06 09:00+02', '2026-02-06 09:05+02');
INSERT INTO photo (city_id, id, appeal_id, draft_id, position, width, height, bytes, digest, hidden)
VALUES (%(city)s, md5(%(slug)s || 'photo')::uuid, md5(%(slug)s || 'answered')::uuid, NULL, 1, 1200, 900, 90000, 'digest-of-photo', false),
    (%(city)s, md5(%(slug)s || 'draft-photo')::uuid, NULL, md5(%(slug)s || 'draft')::uuid, 1, 800, 600, 50000, 'digest-of-other', true);
INSERT INTO mail (city_id, id, dedupe_key, recipient, subject, text, html, headers, message_id, state, attempts, last_error, created_at,
    sent_at)
VALUES (%(city)s, md5(%(slug)s || 'mail')::uuid, 'event author', 'olena@ukr.example', 'Вам відповіли', 'Текст', '<p>Текст</p>',
        '{"From": "no-reply@vz.example"}', '<1@vz.example>', 'sent', 1, '', '2026-02-05 15:00+02', '2026-02-05 15:00:02+02'),
    (%(city)s, md5(%(slug)s || 'waiting-mail')::uuid, 'event follower', 'ivan@ukr.example', 'Відповіли', 'Текст', '<p>Текст</p>', '{}',
        '<2@vz.example>', 'queued', 3, '451 later', '2026-02-05 15:00+02', NULL);
-- A job of this release that is still waiting when the next one comes.
INSERT INTO dramatiq.queue (queue_name, message_id, state, message)
VALUES ('mail', md5(%(slug)s || 'message')::uuid, 'queued', jsonb_build_object('queue_name', 'mail', 'actor_name', 'send_mail',
    'args', '[]'::jsonb, 'kwargs', jsonb_build_object('city', %(city)s::text, 'ids', jsonb_build_array(md5(%(slug)s || 'waiting-mail'))),
    'options', '{}'::jsonb, 'message_id', md5(%(slug)s || 'message')::uuid, 'message_timestamp', 0));
