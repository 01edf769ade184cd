"""What people say and what is answered in the demonstration: natural Vietnamese, made up, about no real person."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Matter:
    """An opinion, its answer at the meeting, and the task a department gets when it isn't answered there."""

    field: str
    category: str
    text: str
    answer: str
    task: str


def _matters(field: str, rows: list[tuple[str, str, str, str]]) -> list[Matter]:
    return [Matter(field, category, text, answer, task) for category, text, answer, task in rows]


# {noi} is a residential area, {duong} a street of it.
MATTERS: dict[str, list[Matter]] = {
    matters[0].field: matters
    for matters in (
        _matters(
            "An ninh trật tự",
            [
                (
                    "feedback",
                    "Thời gian gần đây, khu vực {duong} thuộc {noi} thường có thanh niên tụ tập, mở loa lớn sau 22 giờ, "
                    "ảnh hưởng đến sinh hoạt của người dân. Đề nghị Công an tăng cường tuần tra.",
                    "Công an đã ghi nhận, tổ chức tuần tra từ 21 giờ 30 đến 24 giờ hằng ngày và xử lý nghiêm trường hợp "
                    "vi phạm về tiếng ồn theo quy định.",
                    "Kiểm tra, xử lý tình trạng tụ tập gây mất trật tự, tiếng ồn sau 22 giờ tại {duong}, {noi}.",
                ),
                (
                    "petition",
                    "Kiến nghị lắp thêm camera an ninh tại ngã tư {duong} và khu nhà trọ của {noi} vì thường xảy ra trộm "
                    "cắp vặt.",
                    "Địa phương đang vận động xã hội hóa lắp 06 camera tại {noi}; vị trí bà con nêu được đưa vào đợt này.",
                    "Khảo sát, lắp đặt camera an ninh tại ngã tư {duong}, {noi}.",
                ),
                (
                    "suggestion",
                    "Đề nghị củng cố tổ tự quản về an ninh trật tự ở {noi}, trang bị thêm đèn pin, áo phản quang cho anh "
                    "em đi tuần.",
                    "Ủy ban nhân dân thống nhất hỗ trợ trang bị từ nguồn quỹ an ninh, trật tự trong quý này.",
                    "Tham mưu trang bị công cụ hỗ trợ cho tổ tự quản {noi}.",
                ),
                (
                    "feedback",
                    "Nhiều phòng trọ ở {duong} cho thuê nhưng không khai báo tạm trú, khi xảy ra sự việc rất khó xác minh.",
                    "Công an sẽ tổng kiểm tra cư trú tại các nhà trọ trong tháng và hướng dẫn chủ trọ khai báo qua mạng.",
                    "Tổng kiểm tra việc khai báo tạm trú tại các cơ sở cho thuê trọ trên {duong}, {noi}.",
                ),
                (
                    "feedback",
                    "Xuất hiện tờ rơi, số điện thoại cho vay lãi nặng dán trên cột điện dọc {duong}; đề nghị gỡ bỏ và xử lý "
                    "người dán.",
                    "Đoàn Thanh niên ra quân bóc gỡ vào chiều thứ Sáu hằng tuần; Công an tiếp nhận số điện thoại để xác minh.",
                    "Bóc gỡ quảng cáo tín dụng đen và xác minh số điện thoại cho vay tại {duong}.",
                ),
                (
                    "suggestion",
                    "Đề nghị tổ chức tuyên truyền phòng, chống lừa đảo qua mạng cho người cao tuổi tại nhà văn hóa {noi}.",
                    "Công an phối hợp Hội Người cao tuổi tổ chức buổi tuyên truyền trong tháng tới tại nhà văn hóa.",
                    "Tổ chức tuyên truyền phòng, chống lừa đảo trực tuyến tại {noi}.",
                ),
            ],
        ),
        _matters(
            "An toàn giao thông",
            [
                (
                    "petition",
                    "Đoạn cua trên {duong} bị khuất tầm nhìn, đã xảy ra nhiều vụ va chạm. Kiến nghị lắp gương cầu lồi và biển "
                    "cảnh báo.",
                    "Ủy ban nhân dân tiếp thu, lắp gương cầu lồi và biển cảnh báo tại vị trí bà con phản ánh trong tháng.",
                    "Lắp gương cầu lồi và biển cảnh báo tại đoạn cua khuất tầm nhìn trên {duong}, {noi}.",
                ),
                (
                    "feedback",
                    "Xe tải chở vật liệu chạy qua {duong} vào giờ học sinh tan trường rất nguy hiểm.",
                    "Lực lượng chức năng bố trí trực tại cổng trường giờ cao điểm và đề xuất biển cấm tải theo giờ.",
                    "Đề xuất phương án cấm xe tải theo giờ trên {duong} và tổ chức trực giờ cao điểm.",
                ),
                (
                    "petition",
                    "Đề nghị sơn lại vạch kẻ đường và làm gờ giảm tốc trước cổng trường tiểu học ở {noi}.",
                    "Nội dung thuộc kế hoạch duy tu quý này; đơn vị thi công sẽ sơn vạch và làm gờ giảm tốc.",
                    "Sơn vạch kẻ đường, làm gờ giảm tốc trước cổng trường tiểu học tại {noi}.",
                ),
                (
                    "feedback",
                    "Đèn chiếu sáng trên {duong} hỏng hơn một tháng, đi lại ban đêm rất khó khăn.",
                    "Đơn vị quản lý chiếu sáng đã được yêu cầu thay bóng trong 05 ngày làm việc.",
                    "Sửa chữa, thay thế đèn chiếu sáng công cộng trên {duong}, {noi}.",
                ),
                (
                    "feedback",
                    "Nhiều hộ buôn bán lấn chiếm vỉa hè, lòng đường {duong} khiến người đi bộ phải xuống lòng đường.",
                    "Tổ trật tự đô thị ra quân nhắc nhở, sau 07 ngày sẽ xử phạt các trường hợp tái phạm.",
                    "Kiểm tra, xử lý lấn chiếm vỉa hè, lòng đường trên {duong}.",
                ),
            ],
        ),
        _matters(
            "Đất đai",
            [
                (
                    "petition",
                    "Hồ sơ cấp giấy chứng nhận quyền sử dụng đất của 12 hộ ở {noi} nộp đã lâu nhưng chưa được giải quyết.",
                    "Bộ phận chuyên môn đã rà soát, còn thiếu trích đo; sẽ đo đạc và trả kết quả theo phiếu hẹn mới.",
                    "Rà soát, giải quyết hồ sơ cấp giấy chứng nhận quyền sử dụng đất của 12 hộ tại {noi}.",
                ),
                (
                    "feedback",
                    "Ranh giới đất giữa các hộ dân với đất công dọc {duong} chưa cắm mốc nên phát sinh tranh chấp.",
                    "Địa phương sẽ phối hợp đo đạc, cắm mốc và mời các hộ liên quan cùng tham gia.",
                    "Đo đạc, cắm mốc ranh giới đất công dọc {duong}, {noi}.",
                ),
                (
                    "petition",
                    "Kiến nghị công khai quy hoạch sử dụng đất tại nhà văn hóa {noi} để người dân biết và thực hiện.",
                    "Bản đồ quy hoạch được niêm yết tại trụ sở và nhà văn hóa từ đầu tuần sau.",
                    "Niêm yết công khai quy hoạch sử dụng đất tại nhà văn hóa {noi}.",
                ),
                (
                    "petition",
                    "Một số thửa đất ở {noi} nằm trong quy hoạch đã lâu nhưng không thực hiện, người dân không được tách "
                    "thửa. Đề nghị xem xét điều chỉnh.",
                    "Nội dung thuộc thẩm quyền cấp trên; địa phương tổng hợp kiến nghị điều chỉnh quy hoạch.",
                    "Tổng hợp, kiến nghị cấp có thẩm quyền điều chỉnh quy hoạch đối với các thửa đất tại {noi}.",
                ),
                (
                    "feedback",
                    "Phần đất công cạnh nhà văn hóa {noi} đang bị lấn chiếm để chất vật liệu xây dựng.",
                    "Đã lập biên bản, yêu cầu di dời trong 10 ngày.",
                    "Xử lý việc lấn chiếm đất công cạnh nhà văn hóa {noi}.",
                ),
            ],
        ),
        _matters(
            "Quản lý xây dựng",
            [
                (
                    "feedback",
                    "Công trình nhà ở đang thi công trên {duong} làm rơi vãi vật liệu, không che chắn, gây bụi cho các hộ "
                    "xung quanh.",
                    "Đội quản lý trật tự xây dựng đã kiểm tra, yêu cầu chủ đầu tư che chắn ngay.",
                    "Kiểm tra, xử lý công trình thi công không che chắn trên {duong}, {noi}.",
                ),
                (
                    "petition",
                    "Kiến nghị rút ngắn thời gian cấp giấy phép xây dựng nhà ở riêng lẻ và hướng dẫn hồ sơ rõ ràng hơn.",
                    "Bộ phận một cửa sẽ niêm yết mẫu hồ sơ và rút thời gian giải quyết còn 12 ngày.",
                    "Niêm yết hồ sơ mẫu, rút ngắn thời gian cấp giấy phép xây dựng nhà ở riêng lẻ.",
                ),
                (
                    "feedback",
                    "Có tình trạng xây dựng sai phép, cơi nới ở cuối {duong}; đề nghị kiểm tra để bảo đảm công bằng.",
                    "Ủy ban nhân dân đã lập đoàn kiểm tra và sẽ thông báo kết quả đến khu dân cư.",
                    "Kiểm tra việc xây dựng sai phép, cơi nới tại khu vực cuối {duong}, {noi}.",
                ),
                (
                    "petition",
                    "Đường bê tông {duong} làm theo hình thức Nhà nước và Nhân dân cùng làm đã xuống cấp, đề nghị bố trí "
                    "vốn sửa chữa.",
                    "Tuyến đường được đưa vào danh mục đầu tư công năm tới.",
                    "Khảo sát, đề xuất vốn sửa chữa đường bê tông {duong}, {noi}.",
                ),
                (
                    "suggestion",
                    "Đề nghị mở rộng sân nhà văn hóa {noi} để có chỗ cho thiếu nhi sinh hoạt hè.",
                    "Địa phương thống nhất chủ trương, giao khảo sát mặt bằng và dự toán.",
                    "Khảo sát, lập dự toán mở rộng sân nhà văn hóa {noi}.",
                ),
            ],
        ),
        _matters(
            "Vệ sinh môi trường",
            [
                (
                    "feedback",
                    "Rác thải ở {duong} ba ngày mới thu gom một lần, bốc mùi hôi. Đề nghị tăng số lần thu gom.",
                    "Đơn vị thu gom cam kết tăng lên 02 ngày một lần kể từ tuần sau.",
                    "Làm việc với đơn vị thu gom để tăng tần suất thu gom rác tại {duong}, {noi}.",
                ),
                (
                    "feedback",
                    "Cống thoát nước trên {duong} bị tắc, mưa lớn là ngập vào nhà dân.",
                    "Đã bố trí nạo vét trong tuần này, trước mùa mưa.",
                    "Nạo vét, khơi thông cống thoát nước trên {duong}, {noi}.",
                ),
                (
                    "petition",
                    "Cơ sở giết mổ gia cầm gần {noi} xả nước thải ra cống chung, đề nghị kiểm tra và công khai kết quả.",
                    "Đoàn kiểm tra sẽ lấy mẫu nước thải và công khai kết quả tại khu dân cư.",
                    "Kiểm tra việc xả thải của cơ sở giết mổ gia cầm gần {noi}, công khai kết quả.",
                ),
                (
                    "suggestion",
                    "Đề nghị phát động ngày Chủ nhật xanh hằng tháng ở {noi} và hỗ trợ thùng phân loại rác.",
                    "Mặt trận và các đoàn thể phát động từ tháng tới; mỗi tổ được cấp 02 thùng phân loại.",
                    "Tổ chức ngày Chủ nhật xanh và cấp thùng phân loại rác cho {noi}.",
                ),
                (
                    "feedback",
                    "Cơ sở thu mua phế liệu trên {duong} gây ô nhiễm và có nguy cơ cháy nổ.",
                    "Sẽ kiểm tra điều kiện phòng cháy, chữa cháy và môi trường, xử lý theo quy định.",
                    "Kiểm tra cơ sở thu mua phế liệu trên {duong} về môi trường và phòng cháy, chữa cháy.",
                ),
            ],
        ),
        _matters(
            "Bồi thường - giải phóng mặt bằng",
            [
                (
                    "petition",
                    "Các hộ có đất thu hồi làm đường qua {noi} đề nghị công khai đơn giá và sớm chi trả tiền bồi thường.",
                    "Phương án bồi thường đã niêm yết; việc chi trả thực hiện ngay sau khi có vốn phân bổ.",
                    "Công khai phương án, đẩy nhanh chi trả bồi thường cho các hộ bị thu hồi đất tại {noi}.",
                ),
                (
                    "petition",
                    "Kiến nghị bố trí tái định cư tại chỗ cho các hộ bị giải tỏa trắng ở {noi}.",
                    "Địa phương đang rà soát quỹ đất tái định cư và sẽ đối thoại riêng với từng hộ.",
                    "Rà soát quỹ đất, đề xuất phương án tái định cư cho các hộ bị giải tỏa trắng tại {noi}.",
                ),
                (
                    "feedback",
                    "Công trình thi công dở dang sau giải phóng mặt bằng trên {duong} làm việc đi lại khó khăn, mưa thì lầy.",
                    "Chủ đầu tư cam kết hoàn thành mặt đường tạm trong 15 ngày.",
                    "Đôn đốc chủ đầu tư hoàn trả mặt bằng, làm đường tạm trên {duong}, {noi}.",
                ),
                (
                    "feedback",
                    "Việc kiểm đếm cây trồng, vật kiến trúc của một số hộ ở {noi} còn sót, đề nghị kiểm tra lại.",
                    "Tổ kiểm đếm sẽ phúc tra từ ngày mai, có đại diện hộ dân và Mặt trận chứng kiến.",
                    "Phúc tra việc kiểm đếm tài sản của các hộ bị ảnh hưởng tại {noi}.",
                ),
            ],
        ),
    )
}

REPLIES: dict[str, str] = {
    "done": "Đơn vị đã thực hiện xong nội dung được giao; khu dân cư đã kiểm tra, xác nhận kết quả.",
    "under_way": "Đơn vị đã triển khai và đang thực hiện theo kế hoạch; kết quả sẽ được báo cáo đúng ngày đã hẹn.",
    "explained": "Đơn vị đã làm việc với người dân, giải thích căn cứ pháp lý; người dân đã rõ và thống nhất.",
    "no_resources": "Nội dung cần thiết nhưng chưa cân đối được vốn trong năm; đơn vị đưa vào danh mục đề xuất năm sau.",
    "beyond_authority": "Nội dung vượt thẩm quyền; đơn vị đã có văn bản chuyển cơ quan cấp trên xem xét.",
}

SPEAKERS = [
    "Nguyễn Văn An", "Trần Thị Bích", "Lê Văn Cường", "Phạm Thị Dung", "Hoàng Văn Em", "Huỳnh Thị Phượng", "Phan Văn Giang",
    "Vũ Thị Hạnh", "Võ Văn Inh", "Đặng Thị Kim", "Bùi Văn Lâm", "Đỗ Thị Mai", "Hồ Văn Nam", "Ngô Thị Oanh", "Dương Văn Phúc",
    "Lý Thị Quyên", "Đinh Văn Rạng", "Mai Thị Sương", "Trịnh Văn Tài", "Cao Thị Uyên", "Lương Văn Vinh", "Tạ Thị Xuân",
]  # fmt: skip

OPENING = (
    "Đồng chí chủ trì tuyên bố lý do, giới thiệu đại biểu; thông qua chương trình hội nghị và báo cáo kết quả giải quyết "
    "các ý kiến, kiến nghị của Nhân dân tại hội nghị lần trước."
)
PROCEEDINGS = (
    "Các đại biểu và Nhân dân phát biểu ý kiến, phản ánh, kiến nghị trên tinh thần dân chủ, thẳng thắn. Cán bộ phụ trách "
    "lĩnh vực trả lời trực tiếp những nội dung thuộc thẩm quyền; nội dung cần xác minh được ghi nhận để giao cơ quan "
    "chuyên môn giải quyết."
)
CLOSING = (
    "Đồng chí chủ trì tiếp thu các ý kiến, kết luận từng nội dung và giao thời hạn thực hiện; đề nghị Mặt trận Tổ quốc "
    "và các đoàn thể giám sát việc thực hiện kết luận."
)
