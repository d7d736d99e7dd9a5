import type { ShapeOf } from "../../types.js";
import type { fileViewer as en } from "../en/fileViewer.js";

export const fileViewer = {
    label: "文件查看器",
    close: "关闭",
    previous: "上一个文件",
    next: "下一个文件",
    zoomIn: "放大",
    zoomOut: "缩小",
    reset: "适应窗口",
    download: "下载",
    downloadFailed: "下载未开始，请重试。",
    counter: "{index} / {total}",
    announce: "{name}，第 {index} 个文件，共 {total} 个",
    page: "第 {index} 页，共 {total} 页",
    pages: { one: "{n} 页", other: "{n} 页" },
    loading: "正在加载…",
    retry: "重试",
    imageFailed: "无法显示图片",
    pdfFailed: "无法显示文档",
    failedHint: "您仍可下载该文件。",
    pdfPassword: "该文档受密码保护",
    noPreview: "此类文件暂不支持预览",
    unavailable: "文件已不可用",
} satisfies ShapeOf<typeof en>;
