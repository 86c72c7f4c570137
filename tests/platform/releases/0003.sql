-- What release 0003 may have written into the tables that it added.
INSERT INTO station (city_id, id, slug, name, address, phone, lon, lat, district_id)
VALUES (%(city)s, md5(%(slug)s || 'station')::uuid, 'station-1', '{"uk": "Відділ поліції № 1"}', '{"uk": "вул. Соборна, 1"}', '',
    30.5, 50.4, md5(%(slug)s || 'district')::uuid);
INSERT INTO beat (city_id, id, number, name, boundary, label_lon, label_lat, district_id, station_id)
VALUES (%(city)s, md5(%(slug)s || 'beat')::uuid, '12', '{"uk": "Центр"}',
    '{"type": "Polygon", "coordinates": [[[30.4, 50.3], [30.6, 50.3], [30.6, 50.5], [30.4, 50.5], [30.4, 50.3]]]}', 30.5, 50.4,
    md5(%(slug)s || 'district')::uuid, md5(%(slug)s || 'station')::uuid);
INSERT INTO beat_street (city_id, id, beat_id, street, spelling, houses)
VALUES (%(city)s, md5(%(slug)s || 'beat-street')::uuid, md5(%(slug)s || 'beat')::uuid, 'вул. Соборна', 'вулиця соборна', '1-20');
INSERT INTO officer (city_id, id, code, account_id, station_id, name, rank, email, languages, created_at)
VALUES (%(city)s, md5(%(slug)s || 'officer')::uuid, '0012', md5(%(slug)s || 'administrator')::uuid, md5(%(slug)s || 'station')::uuid,
    '{"uk": "Олена Коваль"}', 'captain', 'officer@ukr.example', '{uk}', '2026-04-01 09:00+03');
INSERT INTO officer (city_id, id, code, name, created_at)
VALUES (%(city)s, md5(%(slug)s || 'stand-in')::uuid, '0013', '{"uk": "Іван Бондар"}', '2026-04-01 09:00+03');
INSERT INTO officer_phone (city_id, id, officer_id, kind, number)
VALUES (%(city)s, md5(%(slug)s || 'officer-phone')::uuid, md5(%(slug)s || 'officer')::uuid, 'ordinary', '+380441234567');
INSERT INTO officer_invitation (city_id, id, officer_id, email, invited_by, created_at, expires_at)
VALUES (%(city)s, md5(%(slug)s || 'officer-invitation')::uuid, md5(%(slug)s || 'stand-in')::uuid, 'bondar@ukr.example',
    md5(%(slug)s || 'administrator')::uuid, '2026-04-01 09:00+03', '2026-04-08 09:00+03');
INSERT INTO assignment (city_id, id, beat_id, officer_id, first_day, last_day)
VALUES (%(city)s, md5(%(slug)s || 'assignment')::uuid, md5(%(slug)s || 'beat')::uuid, md5(%(slug)s || 'officer')::uuid, '2026-04-01', NULL);
INSERT INTO absence (city_id, id, officer_id, first_day, last_day, stand_in_id, stand_in_receives, created_at)
VALUES (%(city)s, md5(%(slug)s || 'absence')::uuid, md5(%(slug)s || 'officer')::uuid, '2026-05-01', '2026-05-14',
    md5(%(slug)s || 'stand-in')::uuid, true, '2026-04-01 09:00+03');
INSERT INTO announcement (city_id, id, officer_id, kind, words, place, starts_at, ends_at, shown_until, created_at, changed_at)
VALUES (%(city)s, md5(%(slug)s || 'meeting')::uuid, md5(%(slug)s || 'officer')::uuid, 'meeting', 'Зустріч із мешканцями', 'Школа № 5',
    '2026-05-20 18:00+03', '2026-05-20 19:00+03', '2026-05-20', '2026-04-01 09:00+03', '2026-04-01 09:00+03');
INSERT INTO hours_rule (city_id, id, officer_id, weekday, starts, ends, station_id, valid_from, changed_at)
VALUES (%(city)s, md5(%(slug)s || 'hours-rule')::uuid, md5(%(slug)s || 'officer')::uuid, 1, '17:00', '19:00',
    md5(%(slug)s || 'station')::uuid, '2026-04-01', '2026-04-01 09:00+03');
INSERT INTO hours_exception (city_id, id, officer_id, day, kind, changed_at)
VALUES (%(city)s, md5(%(slug)s || 'hours-exception')::uuid, md5(%(slug)s || 'officer')::uuid, '2026-04-14', 'closed', '2026-04-01 09:00+03');
INSERT INTO direct_question (city_id, id, officer_id, since, due_on)
VALUES (%(city)s, md5(%(slug)s || 'answered')::uuid, md5(%(slug)s || 'officer')::uuid, '2026-04-02 09:00+03', '2026-04-06');
INSERT INTO visit (city_id, id, officer_id, receiver_id, starts_at, ends_at, seat, place, state, name, email, created_at, held_until, changed_at)
VALUES (%(city)s, md5(%(slug)s || 'visit')::uuid, md5(%(slug)s || 'officer')::uuid, md5(%(slug)s || 'officer')::uuid, '2026-04-21 17:00+03',
    '2026-04-21 17:15+03', 1, 'вул. Соборна, 1', 'booked', 'Петро', 'petro@ukr.example', '2026-04-01 09:00+03', '2026-04-01 10:00+03',
    '2026-04-01 09:05+03');
INSERT INTO office_import (city_id, id, kind, format, name, bytes, state, total, done, good, made_by, created_at, changed_at)
VALUES (%(city)s, md5(%(slug)s || 'import')::uuid, 'beats', 'geojson', 'beats.geojson', 1200, 'checked', 1, 1, 1,
    md5(%(slug)s || 'administrator')::uuid, '2026-04-01 09:00+03', '2026-04-01 09:00+03');
INSERT INTO office_import_row (city_id, id, import_id, number, data)
VALUES (%(city)s, md5(%(slug)s || 'import-row')::uuid, md5(%(slug)s || 'import')::uuid, 1, '{"number": "12"}');
