import type { en } from "./en.js";

export const zh = {
    signIn: { title: "今天您是谁?", text: "选择一位用户,以其身份查看宿主应用。" },
    layout: {
        subtitle: "MTChat 演示", menu: "菜单", chat: "聊天", inline: "订单与招标", admin: "管理后台", unread: "{n} 条未读", user: "用户", logout: "退出",
        secondWindow: "以 {name} 打开第二个窗口", secondWindowWhy: "并排放置,互相发送消息。",
        theme: "主题", light: "浅色主题", dark: "深色主题", language: "语言", languageName: "中文", collapse: "收起", webhookToasts: "Webhook 通知",
        notice: "仅供演示:没有密码,任何人都可以是任何人。",
    },
    chat: { title: "聊天", primevue: "PrimeVue 封装", newDialog: "新建对话", openObject: "打开 {object}" },
    connection: { back: "已重新连接", lost: "连接已断开", lostText: "您写的内容会保留,稍后发送。", error: "聊天报告了错误" },
    webhook: { message: "{name} 发来消息", joined: "{name} 加入了对话", pending: "{name} 有未读消息" },
    inline: {
        title: "订单与招标", panel: "业务对象", search: "编号、标题、城市、公司…", filter: "对象类型", types: { all: "全部", order: "订单", tender: "招标" },
        details: "详情", chat: "聊天", documents: "文件", choose: "选择订单或招标,聊天会在表格旁打开。", unknown: "演示中没有对象 {key}。", back: "返回列表", none: "未找到",
    },
    type: { order: "订单", tender: "招标" },
    kind: { forwarder: "货运代理", shipper: "发货方", carrier: "承运方" },
    status: { planned: "已计划", in_transit: "运输中", customs: "清关中", delivered: "已送达", open: "进行中", closed: "已结束", active: "启用", paused: "已暂停", disabled: "已停用" },
    object: { number: "编号", type: "类型", title: "标题", route: "路线", status: "状态", date: "日期", from: "起点", to: "终点", cargo: "货物", weight: "重量", price: "价格", company: "公司", manager: "负责人", description: "说明" },
    documents: { waybill: "运单", contract: "运输合同", invoice: "发票", terms: "招标条款" },
    company: { name: "名称", id: "标识", kind: "角色", city: "城市", people: "人数" },
    user: { name: "姓名", id: "标识", company: "公司", departments: "部门", permissions: "权限", contacts: "联系方式", email: "邮箱", phone: "电话" },
    admin: {
        title: "管理后台", text: "您的后端要做的事:自身数据,以及通过 Management API 管理 MTChat。",
        tabs: { dialogs: "对话", companies: "公司", users: "用户", objects: "对象", webhooks: "Webhook", audit: "审计日志", settings: "设置" },
        usersText: "公司、部门和权限作为三级访问范围写入令牌。",
        addCompany: "添加公司", addUser: "添加用户", addObject: "添加对象", edit: "编辑 {name}", deleteNamed: "删除 {name}?", delete: "删除", cancel: "取消", save: "保存", saved: "已保存", sure: "确定吗?",
        failed: "操作失败", reload: "刷新", loading: "加载中…", more: "加载更多",
    },
    dialog: {
        new: "新建对话", create: "创建", title: "标题", object: "对象", chooseObject: "关于哪个订单或招标?", url: "对象链接", participants: "参与者", choosePeople: "选择人员", created: "创建时间", none: "还没有对话",
        scopes: "访问范围", scopesText: "谁可以自行加入:一条规则须在每一级都匹配。", addRule: "添加规则", removeRule: "移除规则", level0: "公司", level1: "部门", level2: "权限", any: "任意", noScopes: "无人可以自行加入。",
        frozen: "已冻结", freeze: "冻结", unfreeze: "解冻", isFrozen: "对话已冻结", isOpen: "对话已重新开放", details: "详情", addPerson: "添加", removePerson: "移除 {name}",
        hostSays: "以系统身份发言", notice: "您的订单已离开仓库", say: "发布", said: "已发布",
    },
    settings: {
        connection: "连接", connectionText: "由后端保存;密钥不会回到页面。", apiUrl: "API 地址", adminToken: "管理令牌", jwtSecret: "JWT 密钥", none: "无", jwt: "用户使用签名令牌(JWT)",
        endpointProblem: "Webhook 端点尚未注册:", forget: "恢复本机设置", data: "数据", dataText: "演示中的公司、用户和对象。对话保存在 MTChat 中,不受影响。",
        export: "导出", import: "导入", imported: "已导入", sample: "示例对话", seeded: "已创建 {n} 个对话", reset: "重置", resetSure: "所有公司、用户和对象将恢复到初始状态。",
    },
    webhooks: {
        text: "MTChat 告知后端的事件:带签名,对话内有序,至少一次。", endpoint: "端点", behind: "日志落后 {n}", pending: "等待 {n}", dead: "放弃 {n}", replaying: "重放中",
        test: "测试", tested: "测试已发出", replay: "重放最近一小时", replayed: "重放已开始", deliveries: "投递", deadLetters: "死信", attempt: "第 {n} 次", again: "重新投递 {event}", retried: "将再次投递", retryAll: "全部投递",
        noDeliveries: "尚无投递", noDead: "没有放弃的事件", feed: "实时动态", live: "实时", notLive: "重新连接中…", isReplay: "重放", noEvents: "在聊天中写点什么,就会出现在这里。",
    },
    audit: { text: "宿主与运维的操作记录,以哈希相连。", at: "时间", action: "操作", actor: "执行者", about: "对象", hash: "哈希", none: "暂无记录" },
} satisfies typeof en;
