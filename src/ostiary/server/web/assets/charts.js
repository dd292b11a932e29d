import { BarChart, LineChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, LineChart, TooltipComponent]);

// Okabe and Ito's colours, told apart without colour vision.
const COLOURS = ["#2f86c9", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00"];

export function draw(place) {
  const given = JSON.parse(place.querySelector("script").textContent);
  const style = getComputedStyle(place);
  const ink = style.color;
  const line = style.getPropertyValue("--line");
  const canvas = place.querySelector("[data-canvas]");
  const chart = init(canvas);
  const axis = { axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink } };
  chart.setOption({
    animation: false,
    color: COLOURS,
    aria: { enabled: true, decal: { show: given.series.length > 1 && given.shape === "bar" } },
    grid: { left: 8, right: 8, top: given.series.length > 1 ? 32 : 8, bottom: 4, containLabel: true },
    legend: { show: given.series.length > 1, top: 0, textStyle: { color: ink } },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: { type: "category", data: given.labels, boundaryGap: given.shape === "bar", ...axis },
    yAxis: { type: "value", minInterval: 1, scale: given.shape === "line", splitLine: { lineStyle: { color: line } }, ...axis },
    series: given.series.map(({ name, values }) => ({
      name,
      data: values,
      type: given.shape,
      step: given.shape === "line" && "middle",
      symbol: values.filter((value) => value !== null).length === 1 ? "circle" : "none",
      symbolSize: 8,
    })),
  });
  new ResizeObserver(() => chart.resize()).observe(canvas);
}
