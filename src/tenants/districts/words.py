"""What is said of a file, of a feature, of what changes."""

from collections.abc import Mapping

from src.platform.web.here import Here
from src.platform.web.i18n import msgid
from src.tenants.districts.shapes import Problem

SENTENCES: dict[str, str] = {
    "broken_json": msgid("Файл не вдалося прочитати: це не JSON або його обірвано. Збережіть його ще раз як GeoJSON"),
    "not_geojson": msgid("Це не GeoJSON: у файлі має бути FeatureCollection або Feature, а тут «%(type)s»"),
    "other_crs": msgid(
        "Координати у файлі записано в іншій системі: %(crs)s. Збережіть його у WGS 84 (EPSG:4326), так велить стандарт GeoJSON"
    ),
    "too_many": msgid("У файлі понад %(limit)s об’єктів. Залиште лише райони"),
    "no_areas": msgid("У файлі немає жодного контуру (Polygon або MultiPolygon): самі точки чи лінії районом не стануть"),
    "no_shape": msgid("Немає контуру"),
    "not_an_area": msgid("Це не контур, а %(type)s: пропускаємо"),
    "bad_coordinates": msgid("Координати не вдалося прочитати: кожна має бути парою чисел [довгота, широта]"),
    "not_degrees": msgid("Координати не в градусах (%(x)s; %(y)s), це інша система. Збережіть файл у WGS 84 (EPSG:4326)"),
    "swapped": msgid(
        "Широту й довготу переставлено: %(first)s, %(second)s. У GeoJSON першою пишуть довготу. На карті показано, де контур мав би бути"
    ),
    "outside_ukraine": msgid("Контур за межами України: довгота %(lon)s, широта %(lat)s"),
    "far_away": msgid("Контур далеко від міста: довгота %(lon)s, широта %(lat)s. Перевірте, чи це той файл"),
    "too_detailed": msgid("Контур має %(count)s точок, приймаємо до %(limit)s. Спростіть його: на карті міста різниці не видно"),
    "too_small": msgid("Контур замалий: %(area)s м². Мабуть, це уламок після обрізання"),
    "self_crossing": msgid("Межа перетинала сама себе біля точки %(lon)s, %(lat)s. Ми її виправили: перевірте на карті"),
    "invalid": msgid("Контур був неправильно побудований біля точки %(lon)s, %(lat)s. Ми його виправили: перевірте на карті"),
    "no_name": msgid("Немає назви: додайте властивість name або name_uk"),
    "long_name": msgid("Назва довша за %(limit)s знаків"),
    "same_name": msgid("Назва «%(name)s» уже є в об’єкта №\u00a0%(other)s"),
    "same_slug": msgid("Код «%(slug)s» уже є в об’єкта №\u00a0%(other)s"),
    "sliver": msgid("Трохи заходив на «%(name)s» (%(share)s\u00a0%%). Цю смужку віддали сусідові"),
    "overlap": msgid("Накладається на «%(name)s» (%(share)s\u00a0%% меншого з них). Виправте межу між ними"),
    "beyond": msgid("Увесь лежить за межею міста"),
    "partly_beyond": msgid("%(share)s\u00a0%% лежить за межею міста. Таких місць мешканці позначити не зможуть"),
}
STATES = {
    "good": msgid("добре"),
    "repaired": msgid("виправлено"),
    "refused": msgid("відхилено"),
    "skipped": msgid("пропущено"),
}


def sentence(at: Here, found: Problem) -> str:
    """A problem in words."""
    code, values = found
    return at._(SENTENCES[str(code)]) % dict(values)


def counted(at: Here, counts: Mapping[str, int]) -> str:
    """What points to a district: «12 звернень, 1 правило»."""
    words = {
        "appeal": at.language.ngettext("%(num)s звернення", "%(num)s звернень", counts.get("appeal", 0)),
        "routing_rule": at.language.ngettext("%(num)s правило", "%(num)s правил", counts.get("routing_rule", 0)),
        "beat": at.language.ngettext("%(num)s дільниця", "%(num)s дільниць", counts.get("beat", 0)),
        "station": at.language.ngettext("%(num)s відділ поліції", "%(num)s відділів поліції", counts.get("station", 0)),
    }
    return ", ".join(words[name] % {"num": at.language.number(counts[name])} for name in words if counts.get(name))
