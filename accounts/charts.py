"""Shapes of the charts: pure geometry, drawn by ``templates/components/chart_*.html`` with presentation attributes."""

import math
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bar:
    label: str
    value: float | None
    url: str = ""
    width: float = 0
    parts: list = field(default_factory=list)


def nice_top(value: float) -> float:
    """The smallest of 1, 2, 4, 5, 6, 8, 10 × 10ⁿ that is not below the value, so that grid lines carry round numbers."""
    if value <= 0:
        return 1
    power = 10 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 4, 5, 6, 8, 10) if step * power >= value)


def share(value: float | None, top: float) -> float:
    """Percent of the full width, two decimals."""
    return round(100 * (value or 0) / top, 2) if top else 0


def grid(top: float, plot_top: float, plot_height: float) -> list[dict]:
    """Horizontal grid lines with the values they stand for: as many as give whole numbers."""
    lines = next((n for n in (4, 5, 3, 2) if top / n == int(top / n)), 1 if top == 1 else 4)
    return [
        {"value": top * n / lines, "y": round(plot_top + plot_height * (1 - n / lines), 1)} for n in range(lines + 1)
    ]


@dataclass(frozen=True)
class Frame:
    """The drawing area of a chart over time."""

    width: int = 640
    height: int = 240
    left: int = 44
    right: int = 10
    top: int = 12
    bottom: int = 26

    @property
    def plot_width(self) -> int:
        return self.width - self.left - self.right

    @property
    def plot_height(self) -> int:
        return self.height - self.top - self.bottom

    @property
    def base(self) -> int:
        return self.top + self.plot_height

    @property
    def end(self) -> int:
        return self.width - self.right

    def y(self, value: float, top: float) -> float:
        return round(self.top + self.plot_height * (1 - value / top), 1)

    def centre(self, index: int, count: int) -> float:
        return round(self.left + self.plot_width * (index + 0.5) / count, 1)


def axis_labels(frame: Frame, labels: list[str]) -> list[dict]:
    """Labels under the axis; where they would collide only every second, third … is written."""
    widest = max((len(label) for label in labels), default=1) * 6.2 + 8
    every = max(1, math.ceil(widest * len(labels) / frame.plot_width)) if labels else 1
    return [
        {"x": frame.centre(index, len(labels)), "text": label}
        for index, label in enumerate(labels)
        if index % every == 0
    ]


def line_runs(frame: Frame, values: list[float | None], top: float) -> list[str]:
    """Polylines of a series; a missing value interrupts the line instead of being drawn as zero."""
    runs, run = [], []
    for index, value in enumerate(values):
        if value is None:
            if run:
                runs.append(run)
            run = []
        else:
            run.append(f"{frame.centre(index, len(values))},{frame.y(value, top)}")
    if run:
        runs.append(run)
    return [" ".join(points) for points in runs]
